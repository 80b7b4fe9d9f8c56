package io.evolo.optimizers.designed;

import io.evolo.tasks.DenseSignals;
import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.Twin;

/** Rank-one updates of symmetric inverses [n×n], as MKOR makes them. Holds working memory: belongs to one thread. */
final class RankOne {
    private final int n;
    private final Gemm product;
    private final float[] jv;
    private final float[] vector;

    RankOne(int n) {
        this.n = n;
        this.product = new Gemm(Twin.selected(), Form.NN, 1, n, n);
        this.jv = new float[n];
        this.vector = new float[n];
    }

    /**
     * The vector of the next update becomes the mean over rows of a layer's inputs, with a 1 behind them, each value first clipped.
     *
     * @param limit bound of the values; may be infinite
     */
    void meanInput(DenseSignals signals, double limit) {
        mean(signals, signals.inputsAt(), n - 1, 1, limit);
        vector[n - 1] = 1;
    }

    /** The vector of the next update becomes the mean over rows of a layer's output gradients times the number of rows, clipped. */
    void meanGradient(DenseSignals signals, double limit) {
        mean(signals, signals.gradientsAt(), n, signals.rows(), limit);
    }

    private void mean(DenseSignals signals, int at, int columns, float factor, double limit) {
        float bound = (float) limit;
        for (int j = 0; j < columns; j++) {
            float sum = 0;
            for (int row = 0; row < signals.rows(); row++) {
                float x = factor * signals.memory()[at + row * columns + j];
                sum += Math.max(-bound, Math.min(bound, x));
            }
            vector[j] = sum / signals.rows();
        }
    }

    /** x at xAt becomes keep·x + (1 − keep)·I. */
    void mixIdentity(double keep, float[] x, int xAt) {
        float factor = (float) keep;
        for (int i = 0; i < n * n; i++) {
            x[xAt + i] *= factor;
        }
        for (int i = 0; i < n; i++) {
            x[xAt + i * n + i] += (float) (1 - keep);
        }
    }

    /**
     * With x = J: J ← s·(J − c·Jv(Jv)ᵀ / (1 + c·vᵀJv)): the inverse of (J⁻¹ + c·vvᵀ)/s, by Sherman and Morrison.
     *
     * @param weight c, of the new vector's outer product
     * @param scale s
     */
    void update(double weight, double scale, float[] x, int xAt) {
        product.multiply(vector, 0, x, xAt, jv, 0); // vᵀJ: J is symmetric
        double vJv = 0;
        for (int i = 0; i < n; i++) {
            vJv += (double) vector[i] * jv[i];
        }
        float factor = (float) (-weight / (1 + weight * vJv));
        float s = (float) scale;
        for (int i = 0; i < n; i++) {
            float row = factor * jv[i];
            for (int j = 0; j < n; j++) {
                x[xAt + i * n + j] = s * (x[xAt + i * n + j] + row * jv[j]);
            }
        }
    }

    /** The largest magnitude in x; NaN if it holds one. */
    float largest(float[] x, int xAt) {
        float largest = 0;
        for (int i = xAt; i < xAt + n * n; i++) {
            largest = Math.max(largest, Math.abs(x[i]));
        }
        return largest;
    }
}
