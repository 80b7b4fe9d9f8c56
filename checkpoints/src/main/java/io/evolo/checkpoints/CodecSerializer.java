package io.evolo.checkpoints;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;

/** A codec as Kryo wants it: the version in front of the content. */
final class CodecSerializer<T> extends Serializer<T> {
    private final Codec<T> codec;

    CodecSerializer(Codec<T> codec) {
        this.codec = codec;
    }

    @Override
    public void write(Kryo kryo, Output output, T value) {
        PayloadOutput out = new PayloadOutput(kryo, output);
        out.writeInt(codec.version());
        codec.write(out, value);
    }

    @Override
    public T read(Kryo kryo, Input input, Class<? extends T> type) {
        PayloadInput in = new PayloadInput(kryo, input);
        int version = in.readInt();
        if (version > codec.version()) {
            throw new CheckpointException("version " + version + " of '" + codec.kind() + "' is too new, this program reads up to "
                    + codec.version() + "; use the release that wrote it, or a later one");
        }
        if (version < 1) {
            throw new CheckpointException("version " + version + " of '" + codec.kind() + "', expected 1 to " + codec.version());
        }
        return codec.read(in, version);
    }
}
