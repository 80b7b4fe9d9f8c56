package io.evolo.meta.cuda;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes the values of C structs one after the other, each at a multiple of its size, as C lays them out. */
final class Struct {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Struct ints(int... values) {
        for (int value : values) {
            put(ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value));
        }
        return this;
    }

    Struct floats(double... values) {
        for (double value : values) {
            put(ByteBuffer.allocate(Float.BYTES).order(ByteOrder.nativeOrder()).putFloat((float) value));
        }
        return this;
    }

    Struct longs(long... values) {
        for (long value : values) {
            put(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(value));
        }
        return this;
    }

    Struct doubles(double... values) {
        for (double value : values) {
            put(ByteBuffer.allocate(Double.BYTES).order(ByteOrder.nativeOrder()).putDouble(value));
        }
        return this;
    }

    private void put(ByteBuffer value) {
        int size = value.capacity();
        while (bytes.size() % size != 0) {
            bytes.write(0);
        }
        bytes.writeBytes(value.array());
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    /** The same as a table that kernels get a pointer to. */
    Table toTable() {
        return new Table(toBytes());
    }

    /** Constants in the device's memory. Owns its array. */
    record Table(byte[] content) {}
}
