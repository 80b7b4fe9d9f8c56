package io.evolo.meta;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Listens to a trial and keeps its learning curve: means of the batch losses over at most {@link #WINDOWS} equal windows of its steps.
 * Costs one addition per step and no evaluation. Not thread-safe.
 */
public final class LearningCurve implements Trial.Listener {
    /** Points of a long curve. */
    public static final int WINDOWS = 100;

    private final int horizon;
    private final double[] sums;
    private final int[] counts;

    /** @param horizon planned inner steps, at least 1 */
    public LearningCurve(int horizon) {
        Checks.that(horizon >= 1, "horizon", horizon, "at least 1");
        this.horizon = horizon;
        this.sums = new double[windows(horizon)];
        this.counts = new int[sums.length];
    }

    /** How many points a curve of so many steps has. */
    public static int windows(int horizon) {
        return Math.min(horizon, WINDOWS);
    }

    /** The steps at which the windows of a curve end, ascending; the last is the horizon. */
    public static int[] ends(int horizon) {
        int windows = windows(horizon);
        int[] ends = new int[windows];
        Arrays.setAll(ends, i -> (int) ((i + 1L) * horizon / windows));
        return ends;
    }

    /**
     * A curve of any number of points as one of windows; one that has no more points than windows stays as it is.
     *
     * @param points means over equal parts of the steps, or the losses of all steps; NaN from where the run diverged
     * @param horizon planned inner steps
     */
    public static List<Float> condensed(float[] points, int horizon) {
        int windows = Math.min(windows(horizon), points.length);
        return IntStream.range(0, windows).mapToObj(i -> {
            int from = (int) ((long) i * points.length / windows);
            int to = (int) ((i + 1L) * points.length / windows);
            double sum = 0;
            for (int k = from; k < to; k++) {
                sum += points[k];
            }
            return (float) (sum / (to - from));
        }).toList();
    }

    @Override
    public void step(int step, double loss) {
        int window = (int) (((long) step * sums.length + sums.length - 1) / horizon);
        sums[window] += Double.isFinite(loss) ? loss : Double.NaN;
        counts[window]++;
    }

    /** The curve so far, rounded to float; NaN for windows that the trial did not reach or in which it diverged. */
    public List<Float> losses() {
        return IntStream.range(0, sums.length).mapToObj(i -> (float) (sums[i] / counts[i])).toList(); // 0/0 is NaN
    }
}
