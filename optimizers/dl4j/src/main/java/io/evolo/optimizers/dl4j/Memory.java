package io.evolo.optimizers.dl4j;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The values of an ND4J vector. On the CPU backend this is the array's own memory, read and written in place; elsewhere a copy, which
 * {@link #flush} writes back.
 *
 * @param values what holds the vector's values
 * @param at where the first of them is
 * @param array the vector
 */
record Memory(FloatBuffer values, int at, INDArray array) {

    /** @param array contiguous, of floats */
    static Memory of(INDArray array) {
        if (array.dataType() != DataType.FLOAT) {
            throw new IllegalStateException("an array of " + array.dataType() + " values, expected FLOAT; set"
                    + " .dataType(DataType.FLOAT) in the network's configuration");
        }
        Pointer pointer = array.data().pointer();
        if (Nd4j.getEnvironment().isCPU() && pointer instanceof FloatPointer floats) {
            return new Memory(floats.asBuffer(), Math.toIntExact(array.offset()), array);
        }
        return copy(array);
    }

    /** As for backends whose memory is not the CPU's. */
    static Memory copy(INDArray array) {
        return new Memory(FloatBuffer.wrap(array.dup().data().asFloat()), 0, array);
    }

    /** Makes what was written to the values the array's. */
    void flush() {
        if (!values.isDirect()) {
            array.assign(Nd4j.createFromArray(values.array()).reshape(array.shape()));
        }
    }
}
