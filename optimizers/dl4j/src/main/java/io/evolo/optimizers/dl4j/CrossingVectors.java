package io.evolo.optimizers.dl4j;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link Crossing}: squares of 4×4 in registers of 128 bits, which every machine has. Matrices are taken in stretches
 * of rows whose cache lines fit the first-level cache, since each line is met by the next strips too.
 */
final class CrossingVectors {
    static final int SIDE = 4;

    private static final int STRETCH = 256; // rows; their lines are 16 KiB
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_128;
    private static final VectorSpecies<Float> WIDE = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    /** a0 b0 a1 b1, and a2 b2 a3 b3. */
    private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(S, 0);

    private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(S, 1);

    private CrossingVectors() {}

    /** @param rows a multiple of {@link #SIDE}, as {@code columns} is */
    static void read(MemorySegment x, long xAt, int xStride, int rows, int columns, float[] y, int yAt, int yStride) {
        for (int i = 0; i < rows; i += STRETCH) {
            int count = Math.min(STRETCH, rows - i);
            long from = xAt + (long) i * xStride;
            for (int j = 0; j < columns; j += SIDE) {
                readStrip(x, Float.BYTES * (from + j), (long) Float.BYTES * xStride, count, y, yAt + i + j * yStride, yStride);
            }
        }
    }

    /** Four columns of x become four rows of y; places in x are bytes. */
    private static void readStrip(MemorySegment x, long from, long xStride, int rows, float[] y, int to, int yStride) {
        for (int i = 0; i < rows; i += SIDE) {
            FloatVector a = FloatVector.fromMemorySegment(S, x, from, ORDER);
            FloatVector b = FloatVector.fromMemorySegment(S, x, from + xStride, ORDER);
            FloatVector c = FloatVector.fromMemorySegment(S, x, from + 2 * xStride, ORDER);
            FloatVector d = FloatVector.fromMemorySegment(S, x, from + 3 * xStride, ORDER);
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

    /** @param rows a multiple of {@link #SIDE}, as {@code columns} is */
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
            for (int j = 0; j < columns; j += SIDE) {
                long place = i + (long) j * yStride;
                subtractStrip(x, from + j, xStride, count, old, Float.BYTES * (oldAt + place), y, Float.BYTES * (yAt + place),
                        (long) Float.BYTES * yStride);
            }
        }
    }

    /** Four rows of y from four columns of x; places in old and y are bytes. */
    private static void subtractStrip(
            float[] x, int from, int xStride, int rows, MemorySegment old, long oldAt, MemorySegment y, long yAt, long yStride) {
        for (int i = 0; i < rows; i += SIDE) {
            FloatVector a = FloatVector.fromArray(S, x, from);
            FloatVector b = FloatVector.fromArray(S, x, from + xStride);
            FloatVector c = FloatVector.fromArray(S, x, from + 2 * xStride);
            FloatVector d = FloatVector.fromArray(S, x, from + 3 * xStride);
            FloatVector acLow = a.rearrange(LOW, c);
            FloatVector acHigh = a.rearrange(HIGH, c);
            FloatVector bdLow = b.rearrange(LOW, d);
            FloatVector bdHigh = b.rearrange(HIGH, d);
            long place = (long) Float.BYTES * i;
            FloatVector before = FloatVector.fromMemorySegment(S, old, oldAt + place, ORDER);
            before.sub(acLow.rearrange(LOW, bdLow)).intoMemorySegment(y, yAt + place, ORDER);
            place += yStride;
            before = FloatVector.fromMemorySegment(S, old, oldAt + place, ORDER);
            before.sub(acLow.rearrange(HIGH, bdLow)).intoMemorySegment(y, yAt + place, ORDER);
            place += yStride;
            before = FloatVector.fromMemorySegment(S, old, oldAt + place, ORDER);
            before.sub(acHigh.rearrange(LOW, bdHigh)).intoMemorySegment(y, yAt + place, ORDER);
            place += yStride;
            before = FloatVector.fromMemorySegment(S, old, oldAt + place, ORDER);
            before.sub(acHigh.rearrange(HIGH, bdHigh)).intoMemorySegment(y, yAt + place, ORDER);
            from += SIDE * xStride;
        }
    }

    /** Whole vectors of y ← old − x; returns how many values these are. */
    static int subtract(float[] x, int xAt, int count, MemorySegment old, long oldAt, MemorySegment y, long yAt) {
        int whole = WIDE.loopBound(count);
        for (int i = 0; i < whole; i += WIDE.length()) {
            FloatVector before = FloatVector.fromMemorySegment(WIDE, old, Float.BYTES * (oldAt + i), ORDER);
            before.sub(FloatVector.fromArray(WIDE, x, xAt + i)).intoMemorySegment(y, Float.BYTES * (yAt + i), ORDER);
        }
        return whole;
    }
}
