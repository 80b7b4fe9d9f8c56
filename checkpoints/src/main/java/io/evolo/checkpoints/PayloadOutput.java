package io.evolo.checkpoints;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Where a {@link Codec} writes; the layout of each item is given in {@link CheckpointFile}. Equal values give equal bytes: maps are
 * written in the order of their keys.
 */
public final class PayloadOutput {
    private final Kryo kryo;
    private final Output out;

    PayloadOutput(Kryo kryo, Output out) {
        this.kryo = kryo;
        this.out = out;
    }

    public void writeInt(int value) {
        out.writeInt(value);
    }

    public void writeLong(long value) {
        out.writeLong(value);
    }

    public void writeDouble(double value) {
        out.writeDouble(value);
    }

    public void writeBoolean(boolean value) {
        out.writeByte(value ? 1 : 0);
    }

    public void writeString(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.writeBytes(utf8);
    }

    public void writeInts(int[] values) {
        out.writeInt(values.length);
        out.writeInts(values, 0, values.length);
    }

    public void writeFloats(float[] values) {
        out.writeInt(values.length);
        out.writeFloats(values, 0, values.length);
    }

    public void writeDoubles(double[] values) {
        out.writeInt(values.length);
        out.writeDoubles(values, 0, values.length);
    }

    /** Rows may differ in length. */
    public void writeFloatRows(float[][] rows) {
        out.writeInt(rows.length);
        for (float[] row : rows) {
            writeFloats(row);
        }
    }

    /**
     * Writes how many there are and then each of them.
     *
     * @param element writes at least one byte, for instance {@code PayloadOutput::writeString}
     */
    public <E> void writeList(Collection<E> values, BiConsumer<PayloadOutput, ? super E> element) {
        out.writeInt(values.size());
        values.forEach(value -> element.accept(this, value));
    }

    /** Writes entries in the order of their keys. */
    public <V> void writeMap(Map<String, V> values, BiConsumer<PayloadOutput, ? super V> value) {
        out.writeInt(values.size());
        new TreeMap<>(values).forEach((key, v) -> {
            writeString(key);
            value.accept(this, v);
        });
    }

    /** Writes a record within another, with its version. */
    public <T> void write(Codec<T> codec, T value) {
        kryo.writeObject(out, value, new CodecSerializer<>(codec));
    }
}
