package io.evolo.tasks.kernels;

import java.util.Objects;

/** Elementwise arithmetic on arrays and sums over the rows of a matrix. Both twins give the same bits. */
public final class Elements {

    private Elements() {}

    /** y = factor·x + shift, n values from xAt and yAt; y may be x itself. */
    public static void affine(Twin twin, float factor, float shift, float[] x, int xAt, float[] y, int yAt, int n) {
        Objects.checkFromIndexSize(xAt, n, x.length);
        Objects.checkFromIndexSize(yAt, n, y.length);
        int done = twin == Twin.VECTOR ? ElementVectors.affine(factor, shift, x, xAt, y, yAt, n) : 0;
        for (int i = done; i < n; i++) {
            y[yAt + i] = Math.fma(x[xAt + i], factor, shift);
        }
    }

    /** y = factor·x, n values from xAt and yAt; y may be x itself. */
    public static void scale(Twin twin, float factor, float[] x, int xAt, float[] y, int yAt, int n) {
        Objects.checkFromIndexSize(xAt, n, x.length);
        Objects.checkFromIndexSize(yAt, n, y.length);
        int done = twin == Twin.VECTOR ? ElementVectors.scale(factor, x, xAt, y, yAt, n) : 0;
        for (int i = done; i < n; i++) {
            y[yAt + i] = x[xAt + i] * factor;
        }
    }

    /** z = x·y, n values each; z may be x or y itself. */
    public static void multiply(Twin twin, float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        Objects.checkFromIndexSize(xAt, n, x.length);
        Objects.checkFromIndexSize(yAt, n, y.length);
        Objects.checkFromIndexSize(zAt, n, z.length);
        int done = twin == Twin.VECTOR ? ElementVectors.multiply(x, xAt, y, yAt, z, zAt, n) : 0;
        for (int i = done; i < n; i++) {
            z[zAt + i] = x[xAt + i] * y[yAt + i];
        }
    }

    /** y = y + x, n values from xAt and yAt. */
    public static void add(Twin twin, float[] x, int xAt, float[] y, int yAt, int n) {
        Objects.checkFromIndexSize(xAt, n, x.length);
        Objects.checkFromIndexSize(yAt, n, y.length);
        int done = twin == Twin.VECTOR ? ElementVectors.add(x, xAt, y, yAt, n) : 0;
        for (int i = done; i < n; i++) {
            y[yAt + i] += x[xAt + i];
        }
    }

    /** y = factor·x + y, n values from xAt and yAt. */
    public static void addScaled(Twin twin, float factor, float[] x, int xAt, float[] y, int yAt, int n) {
        Objects.checkFromIndexSize(xAt, n, x.length);
        Objects.checkFromIndexSize(yAt, n, y.length);
        int done = twin == Twin.VECTOR ? ElementVectors.addScaled(factor, x, xAt, y, yAt, n) : 0;
        for (int i = done; i < n; i++) {
            y[yAt + i] = Math.fma(factor, x[xAt + i], y[yAt + i]);
        }
    }

    /** y [columns] = the sum of the rows of x [rows, columns], added from the first to the last: the gradient of a bias. */
    public static void sumRows(Twin twin, float[] x, int xAt, int rows, int columns, float[] y, int yAt) {
        Objects.checkFromIndexSize(xAt, rows * columns, x.length);
        Objects.checkFromIndexSize(yAt, columns, y.length);
        int done = twin == Twin.VECTOR ? ElementVectors.sumRows(x, xAt, rows, columns, y, yAt) : 0;
        for (int j = done; j < columns; j++) {
            float sum = 0;
            for (int i = 0; i < rows; i++) {
                sum += x[xAt + i * columns + j];
            }
            y[yAt + j] = sum;
        }
    }
}
