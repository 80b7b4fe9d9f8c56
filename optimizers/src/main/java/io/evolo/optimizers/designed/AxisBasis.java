package io.evolo.optimizers.designed;

import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.SymmetricEigen;
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
    private final TensorAxis line;
    private final Gemm into;
    private final Gemm outOf;
    private final Gemm gram;
    private final PowerStep power;
    private final float[] product;

    /**
     * @param axis of the tensor
     * @param outer product of the axes before it
     * @param inner product of the axes behind it
     * @param at where L and Q begin in their slots
     * @param power for matrices [n, n]
     */
    AxisBasis(int axis, int outer, int n, int inner, int at, PowerStep power) {
        Twin twin = Twin.selected();
        this.axis = axis;
        this.outer = outer;
        this.n = n;
        this.inner = inner;
        this.at = at;
        this.line = new TensorAxis(outer, n, inner);
        this.into = isLast() ? new Gemm(twin, Form.NN, outer, n, n) : new Gemm(twin, Form.TN, n, inner, n);
        this.outOf = isLast() ? new Gemm(twin, Form.NT, outer, n, n) : new Gemm(twin, Form.NN, n, inner, n);
        this.gram = isLast() ? Gemm.symmetric(twin, Form.TN, n, outer) : Gemm.symmetric(twin, Form.NT, n, inner);
        this.power = power;
        this.product = new float[n * n];
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
        multiplyOuter(g, gAt);
        float rest = (float) (1 - beta);
        for (int i = 0; i < n * n; i++) {
            averages[at + i] += rest * (product[i] - averages[at + i]);
        }
    }

    /** L ← keep·L + fresh·GGᵀ. */
    void accumulate(double keep, double fresh, float[] g, int gAt, float[] sums) {
        multiplyOuter(g, gAt);
        for (int i = 0; i < n * n; i++) {
            sums[at + i] = (float) keep * sums[at + i] + (float) fresh * product[i];
        }
    }

    /** y [n, n] = GGᵀ, summed over the other axes. */
    void gram(float[] g, int gAt, float[] y, int yAt) {
        multiplyOuter(g, gAt);
        System.arraycopy(product, 0, y, yAt, n * n);
    }

    private void multiplyOuter(float[] g, int gAt) {
        if (isLast()) {
            gram.multiply(g, gAt, g, gAt, product, 0);
        } else {
            gram.multiply(g, gAt, g, gAt, product, 0);
            for (int o = 1; o < outer; o++) {
                gram.multiplyAdd(g, gAt + o * n * inner, g, gAt + o * n * inner, product, 0);
            }
        }
    }

    /** The axis itself. */
    TensorAxis line() {
        return line;
    }

    /** Q becomes L's eigenvectors, by descending eigenvalue. Allocates memory that is not kept: this is done once. */
    void decompose(float[] averages, float[] bases) {
        new SymmetricEigen(n).decompose(averages, at, bases, at, new float[0], 0);
    }

    /** Brings Q closer to L's eigenvectors; returns the order that its columns were in. */
    int[] improve(float[] averages, float[] bases) {
        return power.improve(averages, bases, at);
    }

    /** As {@link #improve}, but Q's columns keep their order. */
    void follow(float[] averages, float[] bases) {
        power.follow(averages, bases, at);
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
