package io.evolo.meta.scores;

import io.evolo.tasks.Rng;
import java.util.Arrays;
import java.util.List;

/**
 * The mean of the middle half of all values, with a 95% interval by stratified bootstrap (Agarwal et al. 2021, arXiv 2108.13264,
 * and their library rliable): runs are drawn with replacement within each task, and the interval holds the middle 95% of the means
 * that such draws have.
 *
 * @param low of the interval
 * @param high of the interval
 */
public record InterquartileMean(double mean, double low, double high) {
    private static final double TRIMMED = 0.25; // of the values, at each end

    /**
     * @param perTask for every task the values of its runs, at least one; infinite ones are allowed
     * @param draws of the bootstrap, at least 100; 2,000 give the ends of the interval to about 2% of its width
     * @param seed of the bootstrap: the same interval for the same seed
     */
    public static InterquartileMean of(List<double[]> perTask, int draws, long seed) {
        if (perTask.isEmpty() || perTask.stream().anyMatch(runs -> runs.length == 0) || draws < 100) {
            throw new IllegalArgumentException(perTask.size() + " tasks and " + draws
                    + " draws, expected at least one task, a run in each, and 100 draws");
        }
        double[] all = perTask.stream().flatMapToDouble(Arrays::stream).toArray();
        double[] means = new double[draws];
        double[] drawn = new double[all.length];
        for (int draw = 0; draw < draws; draw++) {
            Rng rng = Rng.of(seed, "bootstrap", draw);
            int next = 0;
            for (double[] runs : perTask) {
                for (int run = 0; run < runs.length; run++) {
                    drawn[next++] = runs[rng.nextInt(runs.length)];
                }
            }
            means[draw] = trimmedMean(drawn);
        }
        Arrays.sort(means);
        return new InterquartileMean(trimmedMean(all), percentile(means, 0.025), percentile(means, 0.975));
    }

    /** The mean of what is left after a quarter of the values, rounded down, was cut off at each end. */
    static double trimmedMean(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int cut = (int) (TRIMMED * sorted.length);
        return Arrays.stream(sorted, cut, sorted.length - cut).average().orElseThrow();
    }

    /** Linear between the two nearest ranks. */
    private static double percentile(double[] sorted, double share) {
        double position = share * (sorted.length - 1);
        int below = (int) position;
        double rest = position - below;
        if (rest == 0 || sorted[below] == sorted[below + 1]) {
            return sorted[below];
        }
        return sorted[below] + rest * (sorted[below + 1] - sorted[below]);
    }
}
