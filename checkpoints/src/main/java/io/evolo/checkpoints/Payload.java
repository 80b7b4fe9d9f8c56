package io.evolo.checkpoints;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.util.DefaultClassResolver;

/**
 * Values to bytes and back: the only place that sets Kryo up. Nothing in a payload names a class: Kryo is given the codec for every
 * record, so it never chooses a type, and its way of reading class names is shut.
 */
public final class Payload {
    /** Records within records; a file that nests deeper is refused before it can exhaust the stack. */
    private static final int MAX_DEPTH = 16;

    private static final int FIRST_BUFFER_BYTES = 1 << 12;
    private static final int LARGEST_BYTES = Integer.MAX_VALUE - 64;

    static {
        // Read once, when Kryo loads: its direct memory access gains nothing here and is on its way out of the JDK.
        if (System.getProperty("kryo.unsafe") == null) {
            System.setProperty("kryo.unsafe", "false");
        }
    }

    private Payload() {}

    /**
     * The used part of the result is its first {@link Output#position()} bytes.
     *
     * @throws CheckpointException if it takes 2 GiB or more, or records nest too deep
     */
    static <T> Output encode(Codec<T> codec, T value) {
        Output out = new Output(FIRST_BUFFER_BYTES, LARGEST_BYTES);
        try {
            new PayloadOutput(kryo(), out).write(codec, value);
        } catch (KryoException e) {
            throw new CheckpointException("a value of kind '" + codec.kind() + "' cannot be written, after " + out.position()
                    + " bytes (of at most " + LARGEST_BYTES + "): " + firstLine(e), e);
        }
        return out;
    }

    /**
     * A value as bytes, to be sent to another process of the same version; files are a {@link CheckpointFile}'s.
     *
     * @throws CheckpointException if it takes 2 GiB or more, or records nest too deep
     */
    public static <T> byte[] bytes(Codec<T> codec, T value) {
        return encode(codec, value).toBytes();
    }

    /**
     * @param where names the file or the sender, for the message
     * @throws CheckpointException whatever goes wrong
     */
    public static <T> T decode(Codec<T> codec, byte[] bytes, String where) {
        PayloadInput in = new PayloadInput(kryo(), new Input(bytes));
        T value;
        try {
            value = in.read(codec);
        } catch (RuntimeException e) {
            throw new CheckpointException(where + ": payload '" + codec.kind() + "' is not valid near byte " + in.position() + " of "
                    + bytes.length + ": " + firstLine(e) + "; fetch or write the file again", e);
        }
        if (in.left() > 0) {
            throw new CheckpointException(where + ": payload '" + codec.kind() + "' ends at byte " + in.position() + ", but has "
                    + bytes.length + "; was it written by another version?");
        }
        return value;
    }

    private static Kryo kryo() {
        Kryo kryo = new Kryo(new NamelessResolver(), null);
        kryo.setRegistrationRequired(true);
        kryo.setReferences(false);
        kryo.setMaxDepth(MAX_DEPTH);
        return kryo;
    }

    private static String firstLine(RuntimeException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().lines().findFirst().orElse("");
    }

    /** Even with registration required, Kryo would load a class by its name in the file before it refuses it. */
    private static final class NamelessResolver extends DefaultClassResolver {
        @Override
        protected Registration readName(Input input) {
            throw new CheckpointException("a class name where none may be");
        }
    }
}
