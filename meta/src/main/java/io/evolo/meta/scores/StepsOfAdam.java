package io.evolo.meta.scores;

import java.util.Arrays;
import java.util.List;

/**
 * How many steps Adam at the best of its learning rates needs for a loss: the unit in which VeLO was measured (Metz et al. 2022,
 * arXiv 2211.09760, and the normalisers of learned_optimization).
 *
 * <p>Per learning rate the curves are averaged over seeds and smoothed by an exponential moving average that starts at the first value
 * (.95 in the source, on losses of single evaluations; 0 for curves that are means of windows already); the envelope is the least of them at every point, brought to {@code points} equal steps and made non-increasing. A rate that
 * diverged in any seed has no part in the envelope from there on.
 *
 * <p>Deviation: losses that are not finite, or above the envelope's start, are worth 0 steps, where a bare interpolation would leave
 * NaN in the scores.
 */
public final class StepsOfAdam {
    private final double[] steps; // ascending
    private final double[] losses; // non-increasing

    private StepsOfAdam(double[] steps, double[] losses) {
        this.steps = steps;
        this.losses = losses;
    }

    /**
     * @param perRate for every learning rate the curves of its seeds, all at the same steps
     * @param at the steps of the curves' points, ascending, at least 2
     * @param smoothing weight of the average so far, in [0, 1)
     * @param points of the envelope, at least 2; 512 in the source
     * @throws IllegalArgumentException if a curve has another length, or every rate diverged at the first point
     */
    public static StepsOfAdam of(List<List<double[]>> perRate, int[] at, double smoothing, int points) {
        require(smoothing >= 0 && smoothing < 1, "smoothing is " + smoothing + ", expected a number in [0, 1)");
        require(!perRate.isEmpty() && perRate.stream().noneMatch(List::isEmpty), "a learning rate without a curve");
        require(at.length >= 2 && points >= 2, at.length + " points of curves and " + points + " of the envelope, expected at least 2");
        double[] least = new double[at.length];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        for (List<double[]> seeds : perRate) {
            double[] smooth = smoothed(mean(seeds, at.length), smoothing);
            for (int i = 0; i < least.length; i++) {
                least[i] = smooth[i] < least[i] ? smooth[i] : least[i]; // NaN is never less
            }
        }
        require(Double.isFinite(least[0]), "no learning rate has a finite loss at the first point");
        return new StepsOfAdam(at, least, points);
    }

    /** Resamples and makes non-increasing. Where all rates have diverged, the envelope stays at what it had reached. */
    private StepsOfAdam(int[] at, double[] least, int points) {
        steps = new double[points];
        losses = new double[points];
        double last = at[at.length - 1];
        double reached = Double.POSITIVE_INFINITY;
        for (int i = 0; i < points; i++) {
            steps[i] = last * i / (points - 1);
            reached = Math.min(reached, interpolated(steps[i], at, least));
            losses[i] = reached;
        }
    }

    /** Reads an envelope that somebody else has made, for instance a published one. Both arrays are copied. */
    public static StepsOfAdam envelope(double[] steps, double[] losses) {
        require(steps.length == losses.length && steps.length >= 2, steps.length + " steps and " + losses.length + " losses");
        for (int i = 1; i < steps.length; i++) {
            require(steps[i] > steps[i - 1], "steps do not ascend at point " + i);
            require(losses[i] <= losses[i - 1], "losses ascend at point " + i);
        }
        return new StepsOfAdam(steps.clone(), losses.clone());
    }

    /**
     * This envelope, and behind its last step the other's: of the same problem run for longer. Constant rates do not know their horizon,
     * so both are parts of one.
     */
    public StepsOfAdam followedBy(StepsOfAdam longer) {
        int from = 0;
        while (from < longer.steps.length && longer.steps[from] <= lastStep()) {
            from++;
        }
        int more = longer.steps.length - from;
        double[] allSteps = Arrays.copyOf(steps, steps.length + more);
        double[] allLosses = Arrays.copyOf(losses, steps.length + more);
        for (int i = 0; i < more; i++) {
            allSteps[steps.length + i] = longer.steps[from + i];
            allLosses[steps.length + i] = Math.min(allLosses[steps.length + i - 1], longer.losses[from + i]);
        }
        return new StepsOfAdam(allSteps, allLosses);
    }

    private static double[] mean(List<double[]> curves, int length) {
        double[] mean = new double[length];
        for (double[] curve : curves) {
            require(curve.length == length, "a curve of " + curve.length + " points, expected " + length);
            for (int i = 0; i < length; i++) {
                mean[i] += curve[i] / curves.size();
            }
        }
        return mean;
    }

    private static double[] smoothed(double[] curve, double smoothing) {
        double[] smooth = curve.clone();
        for (int i = 1; i < curve.length; i++) {
            smooth[i] = smoothing * smooth[i - 1] + (1 - smoothing) * curve[i];
        }
        return smooth;
    }

    private static double interpolated(double x, int[] at, double[] y) {
        int right = 1;
        while (right < at.length - 1 && at[right] < x) {
            right++;
        }
        double share = Math.clamp((x - at[right - 1]) / (at[right] - at[right - 1]), 0, 1);
        if (share == 0) {
            return y[right - 1]; // 0 · ∞ is not 0
        }
        return y[right - 1] + share * (y[right] - y[right - 1]);
    }

    /** The least number of steps at which the envelope has that loss, between points interpolated; the last step if it never has. */
    public double stepsFor(double loss) {
        if (!(loss <= losses[0])) {
            return 0;
        }
        int i = 0;
        while (i < losses.length && losses[i] > loss) {
            i++;
        }
        if (i == losses.length) {
            return lastStep();
        }
        if (i == 0 || losses[i] == loss) {
            return steps[i];
        }
        double share = (losses[i - 1] - loss) / (losses[i - 1] - losses[i]);
        return steps[i - 1] + share * (steps[i] - steps[i - 1]);
    }

    /** The envelope's loss after so many steps, between points the one before: what a target may be set at. */
    public double lossAt(double step) {
        int i = 0;
        while (i + 1 < steps.length && steps[i + 1] <= step) {
            i++;
        }
        return losses[i];
    }

    /** What {@link #stepsFor} saturates at. */
    public double lastStep() {
        return steps[steps.length - 1];
    }

    /** Whether Adam never got to that loss: {@link #stepsFor} is then a lower bound. */
    public boolean beyond(double loss) {
        return loss < losses[losses.length - 1];
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
