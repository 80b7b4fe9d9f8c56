package io.evolo.meta.scores;

import java.util.Arrays;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * Whether an optimizer reaches a loss by a step that was chosen beforehand, as public speed-runs ask it: the mean loss over seeds is below
 * the target by a one-sided t test at 1%.
 *
 * @param loss mean over the seeds; infinite where one diverged
 * @param p the probability of a mean as low as this if the true one were the target; 1 where a run diverged
 */
public record Target(Interval loss, double p) {
    private static final double LEVEL = 0.01;

    /** @param losses one per seed, at least two; infinite where the run diverged */
    public static Target of(double[] losses, double target) {
        Interval loss = Interval.of(losses);
        if (!Double.isFinite(loss.mean())) {
            return new Target(loss, 1);
        }
        int n = losses.length;
        double squares = Arrays.stream(losses).map(x -> (x - loss.mean()) * (x - loss.mean())).sum();
        double error = Math.sqrt(squares / (n - 1) / n);
        if (error == 0) {
            return new Target(loss, loss.mean() < target ? 0 : 1);
        }
        return new Target(loss, new TDistribution(n - 1).cumulativeProbability((loss.mean() - target) / error));
    }

    public boolean reached() {
        return p < LEVEL;
    }
}
