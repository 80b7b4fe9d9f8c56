package io.evolo.meta.scores;

import java.util.Arrays;
import java.util.List;

/**
 * For which share of the workloads a contender needs at most τ times as long as the best one (Dahl et al. 2023, arXiv 2306.07179, §4.4):
 * the profiles ρ, and as their score the area below ρ on [1, 4], divided by 3, in [0, 1].
 */
public final class PerformanceProfile {
    /** Ratios above this count as never. */
    private static final double LIMIT = 4;

    private static final int POINTS = 100;

    private final double[][] ratios; // [contender][workload]

    /**
     * @param times [workload][contender] to the target, in steps or seconds, positive; infinite where it was missed, NaN where the
     *     contender did not take part: the workload does not count for it
     */
    public PerformanceProfile(List<double[]> times) {
        if (times.isEmpty()) {
            throw new IllegalArgumentException("no workload to profile");
        }
        int contenders = times.getFirst().length;
        ratios = new double[contenders][times.size()];
        for (int w = 0; w < times.size(); w++) {
            double best = Arrays.stream(times.get(w)).filter(time -> !Double.isNaN(time)).min().orElseThrow();
            for (int c = 0; c < contenders; c++) {
                double time = times.get(w)[c];
                // Where everybody missed the target, nobody gets the workload: ∞/∞ is no 1.
                boolean missed = time == Double.POSITIVE_INFINITY || time > LIMIT * best;
                ratios[c][w] = missed ? Double.POSITIVE_INFINITY : time / best;
            }
        }
    }

    /** ρ(τ) of a contender: the share of its workloads with a ratio of at most τ; 0 where it has none. */
    public double share(int contender, double tau) {
        return Arrays.stream(ratios[contender]).filter(ratio -> !Double.isNaN(ratio)).map(ratio -> ratio <= tau ? 1 : 0).average().orElse(0);
    }

    /** The area below ρ over 100 equal points of [1, 4] by trapezoids, divided by 3. */
    public double score(int contender) {
        double area = 0;
        double step = (LIMIT - 1) / (POINTS - 1);
        for (int i = 1; i < POINTS; i++) {
            area += step * (share(contender, 1 + (i - 1) * step) + share(contender, 1 + i * step)) / 2;
        }
        return area / (LIMIT - 1);
    }
}
