package io.evolo.optimizers.dl4j;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link Crossing}: four rows of one vector each become groups of four in registers, which are stored one by one, since
 * no kernel may use vectors of another species. Matrices are taken in stretches of rows whose cache lines fit the first-level cache, since
 * each line is met by the next strips too.
 */
final class CrossingVectors {
    /** Rows that are taken together. */
    static final int ROWS = 4;

    private static final int STRETCH = 256; // rows; their lines are 16 KiB
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    /** Columns that are taken together. */
    static final int COLUMNS = S.length();

    private static final int GROUPS = COLUMNS / ROWS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** a0 b0 a1 b1 …: the lower halves of two vectors, and the upper ones. */
    private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(S, 0);

    private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(S, 1);

    private CrossingVectors() {}

    /** @param rows a multiple of {@link #ROWS}, as {@code columns} is of {@link #COLUMNS} */
    static void read(MemorySegment x, long xAt, int xStride, int rows, int columns, float[] y, int yAt, int yStride) {
        for (int i = 0; i < rows; i += STRETCH) {
            int count = Math.min(STRETCH, rows - i);
            long from = xAt + (long) i * xStride;
            for (int j = 0; j < columns; j += COLUMNS) {
                readStrip(x, Float.BYTES * (from + j), (long) Float.BYTES * xStride, count, y, yAt + i + j * yStride, yStride);
            }
        }
    }

    /** A vector's columns of x become as many rows of y; places in x are bytes. */
    private static void readStrip(MemorySegment x, long from, long xStride, int rows, float[] y, int to, int yStride) {
        for (int i = 0; i < rows; i += ROWS) {
            FloatVector a = FloatVector.fromMemorySegment(S, x, from, ORDER);
            FloatVector b = FloatVector.fromMemorySegment(S, x, from + xStride, ORDER);
            FloatVector c = FloatVector.fromMemorySegment(S, x, from + 2 * xStride, ORDER);
            FloatVector d = FloatVector.fromMemorySegment(S, x, from + 3 * xStride, ORDER);
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

    /** @param rows a multiple of {@link #ROWS}, as {@code columns} is of {@link #COLUMNS} */
    static void subtract(
            float[] x,
            int xAt,
            int xStride,
            int rows,
            int columns,
            MemorySegment old,
            long oldAt,
            MemorySegment y,
            long yAt,
            int yStride) {
        for (int i = 0; i < rows; i += STRETCH) {
            int count = Math.min(STRETCH, rows - i);
            int from = xAt + i * xStride;
            for (int j = 0; j < columns; j += COLUMNS) {
                long place = i + (long) j * yStride;
                subtractStrip(x, from + j, xStride, count, old, Float.BYTES * (oldAt + place), y, Float.BYTES * (yAt + place),
                        (long) Float.BYTES * yStride);
            }
        }
    }

    /** Rows of y from a vector's columns of x; places in old and y are bytes. */
    private static void subtractStrip(
            float[] x, int from, int xStride, int rows, MemorySegment old, long oldAt, MemorySegment y, long yAt, long yStride) {
        for (int i = 0; i < rows; i += ROWS) {
            FloatVector a = FloatVector.fromArray(S, x, from);
            FloatVector b = FloatVector.fromArray(S, x, from + xStride);
            FloatVector c = FloatVector.fromArray(S, x, from + 2 * xStride);
            FloatVector d = FloatVector.fromArray(S, x, from + 3 * xStride);
            FloatVector acLow = a.rearrange(LOW, c);
            FloatVector acHigh = a.rearrange(HIGH, c);
            FloatVector bdLow = b.rearrange(LOW, d);
            FloatVector bdHigh = b.rearrange(HIGH, d);
            FloatVector first = acLow.rearrange(LOW, bdLow);
            FloatVector second = acLow.rearrange(HIGH, bdLow);
            FloatVector third = acHigh.rearrange(LOW, bdHigh);
            FloatVector fourth = acHigh.rearrange(HIGH, bdHigh);
            long quarter = GROUPS * yStride;
            for (int group = 0; group < GROUPS; group++) {
                VectorMask<Float> column = VectorMask.fromLong(S, 0xFL << group * ROWS);
                long at = (long) Float.BYTES * i + group * (yStride - (long) Float.BYTES * ROWS);
                FloatVector before = FloatVector.fromMemorySegment(S, old, oldAt + at, ORDER, column);
                before.sub(first).intoMemorySegment(y, yAt + at, ORDER, column);
                before = FloatVector.fromMemorySegment(S, old, oldAt + at + quarter, ORDER, column);
                before.sub(second).intoMemorySegment(y, yAt + at + quarter, ORDER, column);
                before = FloatVector.fromMemorySegment(S, old, oldAt + at + 2 * quarter, ORDER, column);
                before.sub(third).intoMemorySegment(y, yAt + at + 2 * quarter, ORDER, column);
                before = FloatVector.fromMemorySegment(S, old, oldAt + at + 3 * quarter, ORDER, column);
                before.sub(fourth).intoMemorySegment(y, yAt + at + 3 * quarter, ORDER, column);
            }
            from += ROWS * xStride;
        }
    }

    /** Whole vectors of y ← old − x; returns how many values these are. */
    static int subtract(float[] x, int xAt, int count, MemorySegment old, long oldAt, MemorySegment y, long yAt) {
        int whole = S.loopBound(count);
        for (int i = 0; i < whole; i += S.length()) {
            FloatVector before = FloatVector.fromMemorySegment(S, old, Float.BYTES * (oldAt + i), ORDER);
            before.sub(FloatVector.fromArray(S, x, xAt + i)).intoMemorySegment(y, Float.BYTES * (yAt + i), ORDER);
        }
        return whole;
    }
}
