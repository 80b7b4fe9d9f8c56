package io.evolo.optimizers.designed;

import io.evolo.tasks.kernels.Team;

/**
 * The loop that all relatives of Adam share. They differ in its numbers.
 *
 * <p>One pass over four arrays by one index: the compiler turns it into vector instructions by itself, which change no bit, so there
 * is one twin. See docs/decisions/0008.
 */
final class AdamLoop {
    /** Elements that are worth sharing out to a team: some 30 µs. */
    private static final int WORTH_SHARING = 65_536;

    private AdamLoop() {}

    /**
     * In place over [begin, end):
     *
     * <pre>
     * g ← factor·gradient + decay·w
     * m ← β1 m + (1 − β1) g;  v ← β2 v + (1 − β2) g²
     * w ← keep·w − rate·(meanShare·m + gradientShare·g) / (√(squareFactor·v) + ε)
     * </pre>
     */
    static void run(
            float[] w, float[] gradient, float[] m, float[] v, int begin, int end, double factor, double beta1, double beta2, double decay,
            double keep, double rate, double meanShare, double gradientShare, double squareFactor, double epsilon) {
        int threads = end - begin < WORTH_SHARING ? 1 : Team.size();
        if (threads == 1) {
            run(w, gradient, m, v, begin, end, (float) factor, (float) beta1, (float) (1 - beta1), (float) beta2, (float) (1 - beta2),
                    (float) decay, (float) keep, (float) rate, (float) meanShare, (float) gradientShare, (float) squareFactor, (float) epsilon);
            return;
        }
        Team.each(part -> {
            int from = begin + Team.cut(end - begin, 1, part, threads);
            int to = begin + Team.cut(end - begin, 1, part + 1, threads);
            run(w, gradient, m, v, from, to, (float) factor, (float) beta1, (float) (1 - beta1), (float) beta2, (float) (1 - beta2),
                    (float) decay, (float) keep, (float) rate, (float) meanShare, (float) gradientShare, (float) squareFactor, (float) epsilon);
        });
    }

    private static void run(
            float[] w, float[] gradient, float[] m, float[] v, int begin, int end, float factor, float b1, float a1, float b2, float a2,
            float decay, float keep, float rate, float meanShare, float gradientShare, float squareFactor, float epsilon) {
        for (int i = begin; i < end; i++) {
            float g = factor * gradient[i] + decay * w[i];
            float mean = b1 * m[i] + a1 * g;
            float square = b2 * v[i] + a2 * (g * g);
            m[i] = mean;
            v[i] = square;
            w[i] = keep * w[i] - rate * ((meanShare * mean + gradientShare * g) / ((float) Math.sqrt(square * squareFactor) + epsilon));
        }
    }
}
