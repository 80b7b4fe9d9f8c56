package io.evolo.optimizers.learned;

import io.evolo.optimizers.OptimizerState;
import java.util.Arrays;

/**
 * The decays β of the accumulators that the learned rules share, and how a step updates these: momenta m_k ← β m_k + (1−β) g, second
 * moment v ← β v + (1−β) g², factored second moments of s = g² + 1e-30, whose rows are means over axis d0 and whose columns are means
 * over axis d1 (see {@link FactoredTensor}). All start at 0; there is no bias correction. Source: Metz et al. 2022
 * (arXiv 2203.11860), section 3.
 *
 * @param momentum decays of the three momenta, in [0, 1]
 * @param rms decay of the second moment, in [0, 1]
 * @param adafactor decays of the three factored second moments, in [0, 1]
 */
record Decays(float[] momentum, float rms, float[] adafactor) {
    /** Number of learned offsets: momenta, second moment, factored second moments. */
    static final int OFFSETS = 7;

    /** Decays without offsets. */
    static Decays of(BaseDecays base) {
        return new Decays(
                new float[] {(float) base.momentum1(), (float) base.momentum2(), (float) base.momentum3()},
                (float) base.rms(),
                new float[] {(float) base.adafactor1(), (float) base.adafactor2(), (float) base.adafactor3()});
    }

    /**
     * The decays with learned offsets δ: β = 1 − exp(10·(ln(1−β0)/10 + δ)), clipped to [0, 1].
     *
     * @param theta holds {@link #OFFSETS} offsets from {@code at} on, in the order of this record's components
     */
    static Decays learned(BaseDecays base, float[] theta, int at) {
        return new Decays(
                new float[] {
                    decay(base.momentum1(), theta[at]), decay(base.momentum2(), theta[at + 1]), decay(base.momentum3(), theta[at + 2])
                },
                decay(base.rms(), theta[at + 3]),
                new float[] {
                    decay(base.adafactor1(), theta[at + 4]),
                    decay(base.adafactor2(), theta[at + 5]),
                    decay(base.adafactor3(), theta[at + 6])
                });
    }

    private static float decay(double base, double offset) {
        double beta = 1 - StrictMath.exp(10 * (StrictMath.log(1 - base) / 10 + offset));
        return (float) Math.clamp(beta, 0.0, 1.0);
    }

    /**
     * Updates all accumulators of one tensor in place.
     *
     * @param gradient of all tensors; elements beyond ±{@code limit} count as ±limit
     * @param sums working memory from {@code at} on, {@code tensor.accumulators()} values
     */
    void update(OptimizerState state, FactoredTensor tensor, float[] gradient, float limit, float[] sums, int at) {
        for (int k = 0; k < LearnedState.K; k++) {
            average(state.slot(LearnedState.MOMENTUM + k), momentum[k], tensor, gradient, limit);
        }
        averageOfSquares(state.slot(LearnedState.SECOND_MOMENT), rms, tensor, gradient, limit);
        sumOfSquares(tensor, gradient, limit, sums, at);
        for (int k = 0; k < LearnedState.K; k++) {
            float[] accumulators = state.slot(LearnedState.FACTORED + k);
            for (int i = 0; i < tensor.accumulators(); i++) {
                int count = !tensor.factored() ? 1 : i < tensor.rows() ? tensor.size0() : tensor.size1();
                int a = tensor.rowOffset() + i;
                accumulators[a] = adafactor[k] * accumulators[a] + (1 - adafactor[k]) * (sums[at + i] / count);
            }
        }
    }

    private static void average(float[] m, float beta, FactoredTensor tensor, float[] gradient, float limit) {
        for (int i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
            m[i] = beta * m[i] + (1 - beta) * clip(gradient[i], limit);
        }
    }

    private static void averageOfSquares(float[] v, float beta, FactoredTensor tensor, float[] gradient, float limit) {
        for (int i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
            float g = clip(gradient[i], limit);
            v[i] = beta * v[i] + (1 - beta) * (g * g);
        }
    }

    /** Sums of g² + 1e-30 per row and then per column, or that value itself per element if the tensor is not factored. */
    private static void sumOfSquares(FactoredTensor tensor, float[] gradient, float limit, float[] sums, int at) {
        Arrays.fill(sums, at, at + tensor.accumulators(), 0);
        for (int n = 0; n < tensor.size(); n++) {
            float g = clip(gradient[tensor.offset() + n], limit);
            float s = g * g + 1e-30f;
            sums[at + tensor.row(n)] += s;
            if (tensor.factored()) {
                sums[at + tensor.rows() + tensor.col(n)] += s;
            }
        }
    }

    /**
     * Writes the factors that turn a value into an Adafactor-scaled one: for each row 1/√(row / (mean of the rows that differ only on
     * axis d1 + 1e-9)), for each column 1/√col, arguments of the roots at least 1e-9. Only for factored tensors.
     *
     * @param factors out, from {@code at} on: {@code tensor.accumulators()} values for the k-th accumulator
     */
    static void factors(OptimizerState state, FactoredTensor tensor, int k, float[] factors, int at) {
        float[] accumulators = state.slot(LearnedState.FACTORED + k);
        for (int row = 0; row < tensor.rows(); row++) {
            if (tensor.firstRowOfGroup(row) == row) {
                groupFactors(tensor, accumulators, row, factors, at);
            }
        }
        for (int col = 0; col < tensor.cols(); col++) {
            factors[at + tensor.rows() + col] = safeInverseRoot(accumulators[tensor.colOffset() + col]);
        }
    }

    private static void groupFactors(FactoredTensor tensor, float[] accumulators, int first, float[] factors, int at) {
        int end = first + tensor.size1() * tensor.rowStride1();
        float sum = 0;
        for (int row = first; row < end; row += tensor.rowStride1()) {
            sum += accumulators[tensor.rowOffset() + row];
        }
        float mean = sum / tensor.size1();
        for (int row = first; row < end; row += tensor.rowStride1()) {
            factors[at + row] = safeInverseRoot(accumulators[tensor.rowOffset() + row] / (mean + 1e-9f));
        }
    }

    static float inverseRoot(float x) {
        return 1 / (float) Math.sqrt(x);
    }

    /** 1/√max(x, 1e-9). */
    static float safeInverseRoot(float x) {
        return inverseRoot(Math.max(x, 1e-9f));
    }

    /** g within ±limit; NaN stays NaN. */
    static float clip(float g, float limit) {
        return Math.max(-limit, Math.min(limit, g));
    }
}
