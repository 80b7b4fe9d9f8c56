package io.evolo.optimizers.learned;

import java.util.Arrays;

/**
 * What VeLO and Celo remember of the loss: moving averages over ten time spans from 10 steps to the whole run, corrected for their
 * start at 0, and each one's least value so far. Source: VeLO (arXiv 2211.09760), code of {@code hyper_v2}. Immutable; the averages
 * stand in an array of the state: {@link #SPANS} means, then as many minima.
 */
final class LossBuffer {
    static final int SPANS = 10;

    /** Features: one for each span but the longest. */
    static final int FEATURES = SPANS - 1;

    private static final float NO_MINIMUM = 1e12f;

    private final float[] decays = new float[SPANS];

    /** @param horizon planned steps T; half-lives are 10 to T, evenly spaced in their logarithm */
    LossBuffer(int horizon) {
        double first = StrictMath.log(10);
        double last = StrictMath.log(horizon);
        for (int i = 0; i < SPANS; i++) {
            double halfLife = StrictMath.exp(first + i * (last - first) / (SPANS - 1));
            decays[i] = (float) StrictMath.exp(-1 / halfLife);
        }
    }

    /** The array before the first loss. */
    static float[] init() {
        float[] buffer = new float[2 * SPANS];
        Arrays.fill(buffer, SPANS, 2 * SPANS, NO_MINIMUM);
        return buffer;
    }

    /**
     * Takes in one loss, cut to twice the largest average's magnitude.
     *
     * @param n losses taken in before
     */
    void update(float[] buffer, int n, float loss) {
        float largest = loss;
        if (n > 0) {
            largest = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < SPANS; i++) {
                largest = Math.max(largest, corrected(buffer, i, n + 1));
            }
        }
        float seen = Math.min(Math.abs(largest) * 2, loss);
        for (int i = 0; i < SPANS; i++) {
            buffer[i] = decays[i] * buffer[i] + (1 - decays[i]) * seen;
            buffer[SPANS + i] = Math.min(buffer[SPANS + i], corrected(buffer, i, n + 1));
        }
    }

    /**
     * Writes the features: where each average lies between its least value (−1) and the next longer span's (0), within ±1; 0 until
     * the third loss.
     *
     * @param n losses taken in
     */
    void features(float[] buffer, int n, float[] out, int at) {
        for (int i = 0; i < FEATURES; i++) {
            float least = buffer[SPANS + i];
            float range = Math.max(1e-8f, corrected(buffer, i + 1, n) - least);
            float feature = (corrected(buffer, i, n) - least) / range - 1;
            out[at + i] = n <= 2 ? 0 : Math.max(-1, Math.min(1, feature));
        }
    }

    /** In single precision as in the source: published weights have seen its rounding, which is large for long spans. */
    private float corrected(float[] buffer, int span, int n) {
        return buffer[span] / (1 - (float) power(decays[span], n));
    }

    /** By squaring: StrictMath.pow allocates. */
    private static double power(double base, int exponent) {
        double result = 1;
        double square = base;
        for (int e = exponent; e > 0; e >>= 1) {
            if ((e & 1) == 1) {
                result *= square;
            }
            square *= square;
        }
        return result;
    }
}
