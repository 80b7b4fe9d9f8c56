package io.evolo.tasks.kernels;

import java.util.Objects;

/** Arithmetic on dense matrices [rows, columns] with one number per column. Both twins give the same bits. */
final class Columns {
    private Columns() {}

    /** out [columns] = Σ over rows of x·y, each column one chain of fused multiply-adds from the first row to the last. */
    static void dots(Twin twin, float[] x, int xAt, float[] y, int yAt, int rows, int columns, float[] out, int outAt) {
        Objects.checkFromIndexSize(xAt, rows * columns, x.length);
        Objects.checkFromIndexSize(yAt, rows * columns, y.length);
        int done = twin == Twin.VECTOR ? ColumnVectors.dots(x, xAt, y, yAt, rows, columns, out, outAt) : 0;
        for (int j = done; j < columns; j++) {
            float sum = 0;
            for (int i = 0; i < rows; i++) {
                sum = Math.fma(x[xAt + i * columns + j], y[yAt + i * columns + j], sum);
            }
            out[outAt + j] = sum;
        }
    }

    /** y = x·factor + shift, factor and shift [columns] both from {@code at}; y may be x itself. */
    static void affine(
            Twin twin, float[] factor, float[] shift, int at, float[] x, int xAt, int rows, int columns, float[] y, int yAt) {
        Objects.checkFromIndexSize(xAt, rows * columns, x.length);
        Objects.checkFromIndexSize(yAt, rows * columns, y.length);
        int done = twin == Twin.VECTOR ? ColumnVectors.affine(factor, shift, at, x, xAt, rows, columns, y, yAt) : 0;
        for (int j = done; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                y[yAt + i * columns + j] = Math.fma(x[xAt + i * columns + j], factor[at + j], shift[at + j]);
            }
        }
    }

    /** y = y + x·factor, factor [columns] from {@code at}. */
    static void add(Twin twin, float[] factor, int at, float[] x, int xAt, int rows, int columns, float[] y, int yAt) {
        Objects.checkFromIndexSize(xAt, rows * columns, x.length);
        Objects.checkFromIndexSize(yAt, rows * columns, y.length);
        int done = twin == Twin.VECTOR ? ColumnVectors.add(factor, at, x, xAt, rows, columns, y, yAt) : 0;
        for (int j = done; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                y[yAt + i * columns + j] = Math.fma(x[xAt + i * columns + j], factor[at + j], y[yAt + i * columns + j]);
            }
        }
    }
}
