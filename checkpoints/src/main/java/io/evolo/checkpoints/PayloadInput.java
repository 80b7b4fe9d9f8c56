package io.evolo.checkpoints;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Input;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Where a {@link Codec} reads, item by item in the order of writing. Every count is held against the bytes that are left before
 * anything is allocated for it; what does not fit throws a {@link CheckpointException}.
 */
public final class PayloadInput {
    private final Kryo kryo;
    private final Input in;

    PayloadInput(Kryo kryo, Input in) {
        this.kryo = kryo;
        this.in = in;
    }

    public int readInt() {
        require(Integer.BYTES);
        return in.readInt();
    }

    public long readLong() {
        require(Long.BYTES);
        return in.readLong();
    }

    public double readDouble() {
        require(Double.BYTES);
        return in.readDouble();
    }

    public boolean readBoolean() {
        require(1);
        byte value = in.readByte();
        if (value != 0 && value != 1) {
            throw new CheckpointException("truth value " + value + ", expected 0 or 1");
        }
        return value == 1;
    }

    public String readString() {
        byte[] utf8 = in.readBytes(count(1));
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException("a text of " + utf8.length + " bytes is not UTF-8", e);
        }
    }

    public int[] readInts() {
        return in.readInts(count(Integer.BYTES));
    }

    public float[] readFloats() {
        return in.readFloats(count(Float.BYTES));
    }

    public double[] readDoubles() {
        return in.readDoubles(count(Double.BYTES));
    }

    public float[][] readFloatRows() {
        int count = count(Integer.BYTES); // of the row's own count
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = readFloats();
        }
        return rows;
    }

    /** What {@link PayloadOutput#writeList} wrote; unmodifiable. */
    public <E> List<E> readList(Function<PayloadInput, ? extends E> element) {
        int count = count(1);
        List<E> values = new ArrayList<>(); // grows with what arrives
        for (int i = 0; i < count; i++) {
            values.add(element.apply(this));
        }
        return List.copyOf(values);
    }

    /** What {@link PayloadOutput#writeMap} wrote; the caller's own. */
    public <V> SortedMap<String, V> readMap(Function<PayloadInput, ? extends V> value) {
        int count = count(Integer.BYTES + 1);
        SortedMap<String, V> values = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String key = readString();
            if (!values.isEmpty() && values.lastKey().compareTo(key) >= 0) {
                throw new CheckpointException("key '" + key + "' behind '" + values.lastKey() + "', expected ascending keys");
            }
            values.put(key, value.apply(this));
        }
        return values;
    }

    /** A record within another. */
    public <T> T read(Codec<T> codec) {
        // Kryo asks for a type, but with a serializer given it looks nothing up by it.
        @SuppressWarnings("unchecked")
        Class<T> any = (Class<T>) Object.class;
        return kryo.readObject(in, any, new CodecSerializer<>(codec));
    }

    int position() {
        return in.position();
    }

    int left() {
        return in.limit() - in.position();
    }

    private int count(int bytesEach) {
        int count = readInt();
        if (count < 0 || (long) count * bytesEach > left()) {
            throw new CheckpointException("a count of " + count + " needs at least " + bytesEach + " bytes each, but " + left()
                    + " are left");
        }
        return count;
    }

    private void require(int bytes) {
        if (bytes > left()) {
            throw new CheckpointException("the next value needs " + bytes + " bytes, but " + left() + " are left");
        }
    }
}
