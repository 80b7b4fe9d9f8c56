package io.evolo.optimizers.dl4j;

import io.evolo.tasks.kernels.Twin;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Moves matrices between DL4J's memory and arrays, rows becoming columns on the way, without a copy in between. DL4J's side is a
 * memory segment of floats; places and distances count floats. Both twins give the same values.
 */
final class Crossing {
    private Crossing() {}

    /** Writes the transpose of {@code x} [rows, columns] to {@code y} [columns, rows]. */
    static void read(
            Twin twin, MemorySegment x, long xAt, int xStride, int rows, int columns, float[] y, int yAt, int yStride) {
        Objects.checkFromIndexSize(xAt, (rows - 1L) * xStride + columns, x.byteSize() / Float.BYTES);
        Objects.checkFromIndexSize(yAt, (columns - 1) * yStride + rows, y.length);
        int wholeRows = 0;
        int wholeColumns = 0;
        if (twin == Twin.VECTOR) {
            wholeRows = rows - rows % CrossingVectors.ROWS;
            wholeColumns = columns - columns % CrossingVectors.COLUMNS;
            CrossingVectors.read(x, xAt, xStride, wholeRows, wholeColumns, y, yAt, yStride);
        }
        readPart(x, xAt, xStride, 0, rows, wholeColumns, columns, y, yAt, yStride);
        readPart(x, xAt, xStride, wholeRows, rows, 0, wholeColumns, y, yAt, yStride);
    }

    private static void readPart(
            MemorySegment x, long xAt, int xStride, int top, int bottom, int left, int right, float[] y, int yAt, int yStride) {
        for (int j = left; j < right; j++) {
            for (int i = top; i < bottom; i++) {
                y[yAt + j * yStride + i] = x.getAtIndex(ValueLayout.JAVA_FLOAT, xAt + (long) i * xStride + j);
            }
        }
    }

    /**
     * Writes {@code y} ← {@code old} − the transpose of {@code x}, for x [rows, columns], and old and y [columns, rows], whose
     * neighbouring rows begin {@code yStride} values apart.
     */
    static void subtract(
            Twin twin,
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
        long span = (columns - 1L) * yStride + rows;
        Objects.checkFromIndexSize(xAt, (rows - 1) * xStride + columns, x.length);
        Objects.checkFromIndexSize(oldAt, span, old.byteSize() / Float.BYTES);
        Objects.checkFromIndexSize(yAt, span, y.byteSize() / Float.BYTES);
        int wholeRows = 0;
        int wholeColumns = 0;
        if (twin == Twin.VECTOR) {
            wholeRows = rows - rows % CrossingVectors.ROWS;
            wholeColumns = columns - columns % CrossingVectors.COLUMNS;
            CrossingVectors.subtract(x, xAt, xStride, wholeRows, wholeColumns, old, oldAt, y, yAt, yStride);
        }
        subtractPart(x, xAt, xStride, 0, rows, wholeColumns, columns, old, oldAt, y, yAt, yStride);
        subtractPart(x, xAt, xStride, wholeRows, rows, 0, wholeColumns, old, oldAt, y, yAt, yStride);
    }

    private static void subtractPart(
            float[] x,
            int xAt,
            int xStride,
            int top,
            int bottom,
            int left,
            int right,
            MemorySegment old,
            long oldAt,
            MemorySegment y,
            long yAt,
            int yStride) {
        for (int j = left; j < right; j++) {
            for (int i = top; i < bottom; i++) {
                long place = (long) j * yStride + i;
                float before = old.getAtIndex(ValueLayout.JAVA_FLOAT, oldAt + place);
                y.setAtIndex(ValueLayout.JAVA_FLOAT, yAt + place, before - x[xAt + i * xStride + j]);
            }
        }
    }

    /** Writes {@code y} ← {@code old} − {@code x}, all of them dense. */
    static void subtract(Twin twin, float[] x, int xAt, int count, MemorySegment old, long oldAt, MemorySegment y, long yAt) {
        int i = twin == Twin.VECTOR ? CrossingVectors.subtract(x, xAt, count, old, oldAt, y, yAt) : 0;
        for (; i < count; i++) {
            float before = old.getAtIndex(ValueLayout.JAVA_FLOAT, oldAt + i);
            y.setAtIndex(ValueLayout.JAVA_FLOAT, yAt + i, before - x[xAt + i]);
        }
    }
}
