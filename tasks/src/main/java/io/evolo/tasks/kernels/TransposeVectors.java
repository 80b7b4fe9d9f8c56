package io.evolo.tasks.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link Transpose}: four rows of one vector each become groups of four in registers, which are stored one by one.
 *
 * <p>Vectors of four would do the same at the same speed, but no kernel may use another species than the preferred one: where two are in
 * use, the compiler cannot tell which one a loop's accumulators have, and leaves them allocated in about every second process.
 */
final class TransposeVectors {
    /** Rows that are taken together. */
    static final int ROWS = 4;

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    /** Columns that are taken together. */
    static final int COLUMNS = S.length();

    private static final int GROUPS = COLUMNS / ROWS;

    /** a0 b0 a1 b1 …: the lower halves of two vectors, and the upper ones. */
    private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(S, 0);

    private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(S, 1);

    private TransposeVectors() {}

    /** Transposes whole groups of rows and columns of x [rows, columns]. */
    static void run(float[] x, int xAt, int xStride, int rows, int columns, float[] y, int yAt, int yStride) {
        for (int j = 0; j + COLUMNS <= columns; j += COLUMNS) {
            strip(x, xAt + j, xStride, rows, y, yAt + j * yStride, yStride);
        }
    }

    /** A vector's columns of x become as many rows of y. */
    private static void strip(float[] x, int from, int xStride, int rows, float[] y, int to, int yStride) {
        for (int i = 0; i + ROWS <= rows; i += ROWS) {
            FloatVector a = FloatVector.fromArray(S, x, from);
            FloatVector b = FloatVector.fromArray(S, x, from + xStride);
            FloatVector c = FloatVector.fromArray(S, x, from + 2 * xStride);
            FloatVector d = FloatVector.fromArray(S, x, from + 3 * xStride);
            FloatVector acLow = a.rearrange(LOW, c);
            FloatVector acHigh = a.rearrange(HIGH, c);
            FloatVector bdLow = b.rearrange(LOW, d);
            FloatVector bdHigh = b.rearrange(HIGH, d);
            FloatVector first = acLow.rearrange(LOW, bdLow); // a0 b0 c0 d0 a1 …: the first columns, each in its four rows
            FloatVector second = acLow.rearrange(HIGH, bdLow);
            FloatVector third = acHigh.rearrange(LOW, bdHigh);
            FloatVector fourth = acHigh.rearrange(HIGH, bdHigh);
            for (int group = 0; group < GROUPS; group++) {
                VectorMask<Float> column = VectorMask.fromLong(S, 0xFL << group * ROWS);
                int at = to + i + group * (yStride - ROWS);
                first.intoArray(y, at, column);
                second.intoArray(y, at + GROUPS * yStride, column);
                third.intoArray(y, at + 2 * GROUPS * yStride, column);
                fourth.intoArray(y, at + 3 * GROUPS * yStride, column);
            }
            from += ROWS * xStride;
        }
    }
}
