package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.LearnedState.K;
import static io.evolo.optimizers.learned.LearnedState.MOMENTUM;
import static io.evolo.optimizers.learned.LearnedState.SECOND_MOMENT;

import io.evolo.optimizers.OptimizerState;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.Twin;

/**
 * What VeLO's recurrent network is told of a tensor by itself, 12 numbers, from its parameters and from its accumulators before the
 * step. With L(x) = ½·clip(ln(1e-8 + |10x|), ±5), m' and v' the momenta and the second moment divided by the root mean square of the
 * parameters: L(mean v'), the number of axes longer than 1 as one of five, L(variance of each m'), and L(mean (v' − mean m')²) for each
 * m', where one would expect the mean of v': so it was published, and so weights expect it.
 */
final class TensorStatistics {
    /** Numbers per tensor. */
    static final int FEATURES = 1 + 5 + 2 * K;

    private static final int RANKS = 5;

    // Sums of a tensor: squares of parameters, momenta, second moment; then squared deviations of both from the momenta's means.
    static final int SQUARES = 0;
    private static final int MEANS = 1;
    private static final int MEAN_V = MEANS + K;
    private static final int VARIANCES = MEAN_V + 1;

    /** Sums per tensor. */
    static final int SUMS = VARIANCES + 2 * K;

    /** Working memory beside the sums, for the vector twin. */
    static final int SCRATCH = 16 * 2 * K;

    private TensorStatistics() {}

    /** Writes the mean square of a tensor's parameters to {@code out} at {@code at}. */
    static void meanSquare(Twin twin, float[] params, int begin, int end, float[] out, int at, int work) {
        double sum = 0;
        if (twin == Twin.VECTOR) {
            sum = TensorStatisticsVectors.squares(params, begin, end, out, work);
        } else {
            for (int i = begin; i < end; i++) {
                sum += (double) params[i] * params[i];
            }
        }
        out[at + SQUARES] = (float) (sum / (end - begin));
    }

    /**
     * Writes all {@link #SUMS} means of a tensor from {@code at} on but the first, which {@link #meanSquare} writes.
     *
     * @param work {@link #SCRATCH} values
     */
    static void moments(Twin twin, OptimizerState state, int begin, int end, float[] out, int at, int work) {
        if (twin == Twin.VECTOR) {
            TensorStatisticsVectors.moments(state, begin, end, out, at + MEANS, work);
            TensorStatisticsVectors.deviations(state, begin, end, out, at + MEANS, at + VARIANCES, work);
            return;
        }
        float[] v = state.slot(SECOND_MOMENT);
        out[at + MEAN_V] = (float) mean(v, begin, end);
        for (int k = 0; k < K; k++) {
            float[] m = state.slot(MOMENTUM + k);
            out[at + MEANS + k] = (float) mean(m, begin, end);
            out[at + VARIANCES + k] = (float) deviation(m, begin, end, out[at + MEANS + k]);
            out[at + VARIANCES + K + k] = (float) deviation(v, begin, end, out[at + MEANS + k]);
        }
    }

    private static double mean(float[] x, int begin, int end) {
        double sum = 0;
        for (int i = begin; i < end; i++) {
            sum += x[i];
        }
        return sum / (end - begin);
    }

    private static double deviation(float[] x, int begin, int end, float from) {
        double sum = 0;
        for (int i = begin; i < end; i++) {
            double d = (double) x[i] - from;
            sum += d * d;
        }
        return sum / (end - begin);
    }

    /** Writes the {@link #FEATURES} numbers from {@code out} on, from the means at {@code at}. */
    static void features(float[] s, int at, Shape shape, int out) {
        double r2 = 1 / Math.max(1e-9, s[at + SQUARES]);
        s[out] = logarithm(s[at + MEAN_V] * Math.sqrt(r2));
        int longAxes = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            longAxes += shape.axis(axis) > 1 ? 1 : 0;
        }
        for (int rank = 0; rank < RANKS; rank++) {
            s[out + 1 + rank] = rank == longAxes ? 1 : 0;
        }
        for (int i = 0; i < 2 * K; i++) {
            s[out + 1 + RANKS + i] = logarithm(s[at + VARIANCES + i] * r2);
        }
    }

    private static float logarithm(double x) {
        return (float) (0.5 * Math.clamp(StrictMath.log(1e-8 + Math.abs(10 * x)), -5.0, 5.0));
    }
}
