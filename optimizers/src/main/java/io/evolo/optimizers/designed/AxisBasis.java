package io.evolo.optimizers.designed;

import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.Twin;

/**
 * One axis of a tensor, seen as [outer, n, inner], with the average L [n, n] of its outer products and the orthonormal basis Q [n, n]
 * in which a rule works along it. Holds working memory: belongs to one thread.
 */
final class AxisBasis {
    private final int axis;
    private final int outer;
    private final int n;
    private final int inner;
    private final int at;
    private final Gemm into;
    private final Gemm outOf;
    private final Gemm gram;
    private final Gemm square;
    private final Factorizer factorizer;
    private final float[] product;
    private final float[] sorted;
    private final float[] eigenvalues;
    private final int[] order;

    /**
     * @param axis of the tensor
     * @param outer product of the axes before it
     * @param inner product of the axes behind it
     * @param at where L and Q begin in their slots
     */
    AxisBasis(int axis, int outer, int n, int inner, int at) {
        Twin twin = Twin.selected();
        this.axis = axis;
        this.outer = outer;
        this.n = n;
        this.inner = inner;
        this.at = at;
        this.into = isLast() ? new Gemm(twin, Form.NN, outer, n, n) : new Gemm(twin, Form.TN, n, inner, n);
        this.outOf = isLast() ? new Gemm(twin, Form.NT, outer, n, n) : new Gemm(twin, Form.NN, n, inner, n);
        this.gram = isLast() ? new Gemm(twin, Form.TN, n, n, outer) : new Gemm(twin, Form.NT, n, n, inner);
        this.square = new Gemm(twin, Form.NN, n, n, n);
        this.factorizer = new Factorizer(n);
        this.product = new float[n * n];
        this.sorted = new float[n * n];
        this.eigenvalues = new float[n];
        this.order = new int[n];
    }

    int axis() {
        return axis;
    }

    int at() {
        return at;
    }

    int n() {
        return n;
    }

    /** Then one product serves all outer indices. */
    private boolean isLast() {
        return inner == 1;
    }

    /** y = x with this axis in the basis: y[o, i, ·] = Σ_j Q[j, i] x[o, j, ·]. */
    void rotate(float[] bases, float[] x, int xAt, float[] y, int yAt) {
        if (isLast()) {
            into.multiply(x, xAt, bases, at, y, yAt);
            return;
        }
        for (int o = 0; o < outer; o++) {
            into.multiply(bases, at, x, xAt + o * n * inner, y, yAt + o * n * inner);
        }
    }

    /** The inverse of {@link #rotate}. */
    void rotateBack(float[] bases, float[] x, int xAt, float[] y, int yAt) {
        if (isLast()) {
            outOf.multiply(x, xAt, bases, at, y, yAt);
            return;
        }
        for (int o = 0; o < outer; o++) {
            outOf.multiply(bases, at, x, xAt + o * n * inner, y, yAt + o * n * inner);
        }
    }

    /** L ← L + (1 − β)(GGᵀ − L), where GGᵀ sums over the other axes. */
    void average(double beta, float[] g, int gAt, float[] averages) {
        if (isLast()) {
            gram.multiply(g, gAt, g, gAt, product, 0);
        } else {
            gram.multiply(g, gAt, g, gAt, product, 0);
            for (int o = 1; o < outer; o++) {
                gram.multiplyAdd(g, gAt + o * n * inner, g, gAt + o * n * inner, product, 0);
            }
        }
        float rest = (float) (1 - beta);
        for (int i = 0; i < n * n; i++) {
            averages[at + i] += rest * (product[i] - averages[at + i]);
        }
    }

    /** Q becomes L's eigenvectors, by descending eigenvalue. */
    void decompose(float[] averages, float[] bases) {
        factorizer.eigenvectors(averages, at, bases, at, new float[0], 0);
    }

    /**
     * Q becomes the Q of the QR decomposition of LQ, its columns first ordered by descending qᵀLq: one step of the power iteration.
     *
     * @return the order: new column j was column order[j]; the next call overwrites it
     */
    int[] improve(float[] averages, float[] bases) {
        square.multiply(averages, at, bases, at, product, 0);
        for (int j = 0; j < n; j++) {
            float sum = 0;
            for (int i = 0; i < n; i++) {
                sum += bases[at + i * n + j] * product[i * n + j];
            }
            eigenvalues[j] = sum;
        }
        sort();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                sorted[i * n + j] = product[i * n + order[j]];
            }
        }
        factorizer.orthonormalize(sorted, 0, bases, at);
        return order;
    }

    /** Descending; equal ones stay in order. */
    private void sort() {
        for (int i = 0; i < n; i++) {
            int to = i;
            while (to > 0 && eigenvalues[order[to - 1]] < eigenvalues[i]) {
                order[to] = order[to - 1];
                to--;
            }
            order[to] = i;
        }
    }

    /** y[o, i, ·] = x[o, order[i], ·]. */
    void permute(int[] by, float[] x, int xAt, float[] y, int yAt) {
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < n; i++) {
                System.arraycopy(x, xAt + (o * n + by[i]) * inner, y, yAt + (o * n + i) * inner, inner);
            }
        }
    }
}
