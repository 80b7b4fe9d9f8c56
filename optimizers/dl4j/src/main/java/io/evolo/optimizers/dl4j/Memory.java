package io.evolo.optimizers.dl4j;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.DoubleBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The values of an ND4J vector, or of a part of one. Of floats on the CPU backend this is the array's own memory, read and written in
 * place; elsewhere, and of doubles, a copy, which {@link #flush} writes back.
 *
 * @param values what holds the vector's values
 * @param shift from a place in the whole vector to one in {@code values}, in floats
 * @param array the vector, or the part of it
 */
record Memory(MemorySegment values, int shift, INDArray array) {

    /** @param array contiguous, of floats */
    static Memory of(INDArray array) {
        return of(array, 0);
    }

    /**
     * A part of a vector.
     *
     * @param begin where the part begins; places are counted from the whole vector's beginning
     */
    static Memory of(INDArray part, long begin) {
        if (part.dataType() != DataType.FLOAT && part.dataType() != DataType.DOUBLE) {
            throw new IllegalStateException("an array of " + part.dataType() + " values, expected FLOAT or DOUBLE; set"
                    + " .dataType(DataType.FLOAT) in the network's configuration");
        }
        Pointer pointer = part.data().pointer();
        if (Nd4j.getEnvironment().isCPU() && pointer instanceof FloatPointer floats) {
            return new Memory(MemorySegment.ofBuffer(floats.asBuffer()), Math.toIntExact(part.offset() - begin), part);
        }
        return copy(part, begin);
    }

    /** As for backends whose memory is not the CPU's. */
    static Memory copy(INDArray part, long begin) {
        return new Memory(MemorySegment.ofArray(part.dup().data().asFloat()), Math.toIntExact(-begin), part);
    }

    /**
     * What a part of a vector leads to on the CPU backend: all of the vector, in place or copied.
     *
     * @param begin where the part begins in the vector
     */
    static Memory around(INDArray part, long begin) {
        if (part.data().pointer() instanceof DoublePointer doubles) {
            DoubleBuffer all = doubles.asBuffer();
            float[] values = new float[all.capacity()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) all.get(i);
            }
            return new Memory(MemorySegment.ofArray(values), Math.toIntExact(part.offset() - begin), part);
        }
        return of(part, begin);
    }

    /** Whether what is written is the array's at once. */
    boolean inPlace() {
        return values.isNative();
    }

    float get(int place) {
        return values.getAtIndex(ValueLayout.JAVA_FLOAT, place + shift);
    }

    void put(int place, float value) {
        values.setAtIndex(ValueLayout.JAVA_FLOAT, place + shift, value);
    }

    /** Reads {@code count} values from a place on. */
    void get(int place, float[] to, int at, int count) {
        MemorySegment.copy(values, ValueLayout.JAVA_FLOAT, (long) Float.BYTES * (place + shift), to, at, count);
    }

    /** Writes {@code count} values from a place on. */
    void put(int place, float[] from, int at, int count) {
        MemorySegment.copy(from, at, values, ValueLayout.JAVA_FLOAT, (long) Float.BYTES * (place + shift), count);
    }

    /** Makes what was written to the values the array's. */
    void flush() {
        if (!inPlace()) {
            INDArray floats = Nd4j.createFromArray(values.toArray(ValueLayout.JAVA_FLOAT));
            array.assign(floats.castTo(array.dataType()).reshape(array.shape()));
        }
    }
}
