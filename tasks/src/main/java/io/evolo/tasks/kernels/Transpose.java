package io.evolo.tasks.kernels;

import java.util.Objects;

/** Copies a matrix so that its rows become columns. */
public final class Transpose {

    private Transpose() {}

    /** Writes the transpose of dense {@code x} [rows, columns] from xAt to dense {@code y} [columns, rows] from yAt. */
    public static void run(Twin twin, float[] x, int xAt, int rows, int columns, float[] y, int yAt) {
        run(twin, x, xAt, columns, rows, columns, y, yAt, rows);
    }

    /**
     * Writes the transpose of {@code x} [rows, columns] to {@code y} [columns, rows]; neighbouring rows begin {@code xStride} and
     * {@code yStride} values apart. The arrays must not overlap. Both twins copy the same values.
     */
    public static void run(
            Twin twin, float[] x, int xAt, int xStride, int rows, int columns, float[] y, int yAt, int yStride) {
        Objects.checkFromIndexSize(xAt, (rows - 1) * xStride + columns, x.length);
        Objects.checkFromIndexSize(yAt, (columns - 1) * yStride + rows, y.length);
        if (twin == Twin.PLAIN) {
            part(x, xAt, xStride, 0, rows, 0, columns, y, yAt, yStride);
            return;
        }
        TransposeVectors.run(x, xAt, xStride, rows, columns, y, yAt, yStride);
        int wholeRows = rows - rows % TransposeVectors.ROWS;
        int wholeColumns = columns - columns % TransposeVectors.COLUMNS;
        part(x, xAt, xStride, 0, rows, wholeColumns, columns, y, yAt, yStride);
        part(x, xAt, xStride, wholeRows, rows, 0, wholeColumns, y, yAt, yStride);
    }

    private static void part(
            float[] x, int xAt, int xStride, int top, int bottom, int left, int right, float[] y, int yAt, int yStride) {
        for (int j = left; j < right; j++) {
            for (int i = top; i < bottom; i++) {
                y[yAt + j * yStride + i] = x[xAt + i * xStride + j];
            }
        }
    }
}
