package io.evolo.tasks.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link Transpose}. Vectors of eight take eight rows and four columns at a time: every load begins with the values
 * that belong in the lower half of a result, or ends with those of its upper half, so that no value crosses the halves; shifts of pairs
 * and one exchange of pairs do the rest. Other vectors take four rows, which become groups of four and are stored one by one with masks;
 * AVX2 has no cheap stores with masks.
 *
 * <p>Vectors of four would do the same at the same speed, but no kernel may use another species than the preferred one: where two are in
 * use, the compiler cannot tell which one a loop's accumulators have, and leaves them allocated in about every second process.
 */
final class TransposeVectors {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final boolean HALVES = L == 8;

    /** Rows that are taken together. */
    static final int ROWS = HALVES ? 8 : 4;

    /** Columns that are taken together. */
    static final int COLUMNS = HALVES ? 4 : L;

    private static final int GROUPS = COLUMNS / 4;

    /** a0 b0 a1 b1 …: the lower halves of two vectors, and the upper ones. */
    private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(S, 0);

    private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(S, 1);

    /** Every pair in the place of its neighbour. */
    private static final VectorShuffle<Float> PAIRS = VectorShuffle.fromOp(S, i -> i ^ 2);

    private static final VectorMask<Float> ODD = VectorMask.fromLong(S, 0xAAAA >>> 16 - L);
    private static final VectorMask<Float> ODD_PAIRS = VectorMask.fromLong(S, 0xCCCC >>> 16 - L);
    private static final VectorMask<Float> UPPER = VectorMask.fromLong(S, 0xF0 & (1 << L) - 1);

    private TransposeVectors() {}

    /** Transposes whole groups of rows and columns of x [rows, columns]. */
    static void run(float[] x, int xAt, int xStride, int rows, int columns, float[] y, int yAt, int yStride) {
        if (HALVES) {
            for (int i = 0; i + ROWS <= rows; i += ROWS) {
                if (yStride == PanelTiles.PANEL) {
                    eightToPanel(x, xAt + i * xStride, xStride, columns, y, yAt + i);
                } else {
                    eight(x, xAt + i * xStride, xStride, columns, y, yAt + i, yStride);
                }
            }
            return;
        }
        for (int j = 0; j + COLUMNS <= columns; j += COLUMNS) {
            strip(x, xAt + j, xStride, rows, y, yAt + j * yStride, yStride);
        }
    }

    /**
     * Eight rows of x become a vector's columns of y. Loads reach into the neighbouring rows: in front of row 4 into row 3, behind row 3
     * into row 4.
     */
    private static void eight(float[] x, int from, int xStride, int columns, float[] y, int to, int yStride) {
        int row1 = from + xStride, row2 = from + 2 * xStride, row3 = from + 3 * xStride;
        int row4 = from + 4 * xStride - 4, row5 = row4 + xStride, row6 = row4 + 2 * xStride, row7 = row4 + 3 * xStride;
        for (int k = 0; k <= columns - 4; k += 4) {
            FloatVector a = FloatVector.fromArray(S, x, from + k).blend(FloatVector.fromArray(S, x, row4 + k), UPPER);
            FloatVector b = FloatVector.fromArray(S, x, row1 + k).blend(FloatVector.fromArray(S, x, row5 + k), UPPER);
            FloatVector c = FloatVector.fromArray(S, x, row2 + k).blend(FloatVector.fromArray(S, x, row6 + k), UPPER);
            FloatVector d = FloatVector.fromArray(S, x, row3 + k).blend(FloatVector.fromArray(S, x, row7 + k), UPPER);
            // a0 b0 a2 b2 and a1 b1 a3 b3, in both halves; the same of c and d.
            FloatVector abEven = a.blend(b.reinterpretAsLongs().lanewise(VectorOperators.LSHL, 32).reinterpretAsFloats(), ODD);
            FloatVector abOdd = a.reinterpretAsLongs().lanewise(VectorOperators.LSHR, 32).reinterpretAsFloats().blend(b, ODD);
            FloatVector cdEven = c.blend(d.reinterpretAsLongs().lanewise(VectorOperators.LSHL, 32).reinterpretAsFloats(), ODD);
            FloatVector cdOdd = c.reinterpretAsLongs().lanewise(VectorOperators.LSHR, 32).reinterpretAsFloats().blend(d, ODD);
            int at = to + k * yStride;
            abEven.blend(cdEven.rearrange(PAIRS), ODD_PAIRS).intoArray(y, at);
            abOdd.blend(cdOdd.rearrange(PAIRS), ODD_PAIRS).intoArray(y, at + yStride);
            abEven.rearrange(PAIRS).blend(cdEven, ODD_PAIRS).intoArray(y, at + 2 * yStride);
            abOdd.rearrange(PAIRS).blend(cdOdd, ODD_PAIRS).intoArray(y, at + 3 * yStride);
        }
    }

    /** {@link #eight} to a panel of a product: as the stride is a constant, the compiler takes the checks of indices out of the loop. */
    private static void eightToPanel(float[] x, int from, int xStride, int columns, float[] y, int to) {
        int row1 = from + xStride, row2 = from + 2 * xStride, row3 = from + 3 * xStride;
        int row4 = from + 4 * xStride - 4, row5 = row4 + xStride, row6 = row4 + 2 * xStride, row7 = row4 + 3 * xStride;
        for (int k = 0; k <= columns - 4; k += 4) {
            FloatVector a = FloatVector.fromArray(S, x, from + k).blend(FloatVector.fromArray(S, x, row4 + k), UPPER);
            FloatVector b = FloatVector.fromArray(S, x, row1 + k).blend(FloatVector.fromArray(S, x, row5 + k), UPPER);
            FloatVector c = FloatVector.fromArray(S, x, row2 + k).blend(FloatVector.fromArray(S, x, row6 + k), UPPER);
            FloatVector d = FloatVector.fromArray(S, x, row3 + k).blend(FloatVector.fromArray(S, x, row7 + k), UPPER);
            // a0 b0 a2 b2 and a1 b1 a3 b3, in both halves; the same of c and d.
            FloatVector abEven = a.blend(b.reinterpretAsLongs().lanewise(VectorOperators.LSHL, 32).reinterpretAsFloats(), ODD);
            FloatVector abOdd = a.reinterpretAsLongs().lanewise(VectorOperators.LSHR, 32).reinterpretAsFloats().blend(b, ODD);
            FloatVector cdEven = c.blend(d.reinterpretAsLongs().lanewise(VectorOperators.LSHL, 32).reinterpretAsFloats(), ODD);
            FloatVector cdOdd = c.reinterpretAsLongs().lanewise(VectorOperators.LSHR, 32).reinterpretAsFloats().blend(d, ODD);
            int at = to + k * PanelTiles.PANEL;
            abEven.blend(cdEven.rearrange(PAIRS), ODD_PAIRS).intoArray(y, at);
            abOdd.blend(cdOdd.rearrange(PAIRS), ODD_PAIRS).intoArray(y, at + PanelTiles.PANEL);
            abEven.rearrange(PAIRS).blend(cdEven, ODD_PAIRS).intoArray(y, at + 2 * PanelTiles.PANEL);
            abOdd.rearrange(PAIRS).blend(cdOdd, ODD_PAIRS).intoArray(y, at + 3 * PanelTiles.PANEL);
        }
    }

    /** A vector's columns of x become as many rows of y. */
    private static void strip(float[] x, int from, int xStride, int rows, float[] y, int to, int yStride) {
        for (int i = 0; i + 4 <= rows; i += 4) {
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
                VectorMask<Float> column = VectorMask.fromLong(S, 0xFL << group * 4);
                int at = to + i + group * (yStride - 4);
                first.intoArray(y, at, column);
                second.intoArray(y, at + GROUPS * yStride, column);
                third.intoArray(y, at + 2 * GROUPS * yStride, column);
                fourth.intoArray(y, at + 3 * GROUPS * yStride, column);
            }
            from += 4 * xStride;
        }
    }
}
