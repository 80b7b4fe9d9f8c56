package io.evolo.tasks.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The vector twin of {@link Transpose}: squares of 4×4 in registers of 128 bits, which every machine has. */
final class TransposeVectors {
    static final int SIDE = 4;

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_128;
    /** a0 b0 a1 b1, and a2 b2 a3 b3. */
    private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(S, 0);

    private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(S, 1);

    private TransposeVectors() {}

    /** Transposes all whole squares of x [rows, columns]. */
    static void run(float[] x, int xAt, int xStride, int rows, int columns, float[] y, int yAt, int yStride) {
        for (int j = 0; j + SIDE <= columns; j += SIDE) {
            strip(x, xAt + j, xStride, rows, y, yAt + j * yStride, yStride);
        }
    }

    /** Four columns of x become four rows of y. */
    private static void strip(float[] x, int from, int xStride, int rows, float[] y, int to, int yStride) {
        for (int i = 0; i + SIDE <= rows; i += SIDE) {
            FloatVector a = FloatVector.fromArray(S, x, from);
            FloatVector b = FloatVector.fromArray(S, x, from + xStride);
            FloatVector c = FloatVector.fromArray(S, x, from + 2 * xStride);
            FloatVector d = FloatVector.fromArray(S, x, from + 3 * xStride);
            FloatVector acLow = a.rearrange(LOW, c);
            FloatVector acHigh = a.rearrange(HIGH, c);
            FloatVector bdLow = b.rearrange(LOW, d);
            FloatVector bdHigh = b.rearrange(HIGH, d);
            acLow.rearrange(LOW, bdLow).intoArray(y, to + i);
            acLow.rearrange(HIGH, bdLow).intoArray(y, to + i + yStride);
            acHigh.rearrange(LOW, bdHigh).intoArray(y, to + i + 2 * yStride);
            acHigh.rearrange(HIGH, bdHigh).intoArray(y, to + i + 3 * yStride);
            from += SIDE * xStride;
        }
    }
}
