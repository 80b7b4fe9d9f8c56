package io.evolo.tasks.kernels;

import java.util.Arrays;

/**
 * Softmax down the columns of a square matrix in place, for attention: column i holds what position i sees, row j what is seen of
 * position j. Both twins give the same bits.
 */
final class SoftmaxColumns {
    private SoftmaxColumns() {}

    /**
     * x = softmax of every column of x [n, n].
     *
     * @param causal whether position i sees only positions j ≤ i; the others become 0
     */
    static void forward(Twin twin, boolean causal, float[] x, int at, int n) {
        if (causal) {
            hide(x, at, n, Float.NEGATIVE_INFINITY);
        }
        int done = twin == Twin.VECTOR ? SoftmaxColumnVectors.shift(x, at, n, n) : 0;
        for (int j = done; j < n; j++) {
            shiftColumn(x, at + j, n);
        }
        Exponentials.apply(twin, x, at, n * n);
        if (causal) {
            hide(x, at, n, 0);
        }
        done = twin == Twin.VECTOR ? SoftmaxColumnVectors.divide(x, at, n, n) : 0;
        for (int j = done; j < n; j++) {
            divideColumn(x, at + j, n);
        }
    }

    /** d = factor·p·(d − Σ over the column of p·d): the gradient of factor times the softmax's argument, for d that of its value. */
    static void backward(Twin twin, float factor, float[] p, int pAt, float[] d, int dAt, int n) {
        int done = twin == Twin.VECTOR ? SoftmaxColumnVectors.backward(factor, p, pAt, d, dAt, n, n) : 0;
        for (int j = done; j < n; j++) {
            float sum = 0;
            for (int i = j; i < n * n; i += n) {
                sum = Math.fma(p[pAt + i], d[dAt + i], sum);
            }
            for (int i = j; i < n * n; i += n) {
                d[dAt + i] = p[pAt + i] * factor * (d[dAt + i] - sum);
            }
        }
    }

    /** What position i does not see: rows j > i of column i, which is the beginning of row j. */
    private static void hide(float[] x, int at, int n, float value) {
        for (int j = 1; j < n; j++) {
            Arrays.fill(x, at + j * n, at + j * n + j, value);
        }
    }

    private static void shiftColumn(float[] x, int at, int n) {
        float max = x[at];
        for (int i = 1; i < n; i++) {
            max = x[at + i * n] > max ? x[at + i * n] : max;
        }
        for (int i = 0; i < n; i++) {
            x[at + i * n] -= max;
        }
    }

    private static void divideColumn(float[] x, int at, int n) {
        float sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[at + i * n];
        }
        float share = 1 / sum;
        for (int i = 0; i < n; i++) {
            float p = x[at + i * n] * share;
            x[at + i * n] = p < Float.MIN_NORMAL ? 0 : p; // no subnormal numbers, which cost some processors much time
        }
    }
}
