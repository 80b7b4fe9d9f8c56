package io.evolo.meta.scores;

import java.util.Arrays;

/** How one optimizer did against another in a cell, over the same seeds. */
public enum Verdict {
    BETTER,
    WORSE,
    /** The 95% interval of the paired difference holds 0, or as many runs of both diverged, or there are too few seeds to tell. */
    UNDECIDED;

    /** Seeds below which nothing is decided: with two, the 95% interval is 12.7 standard errors wide, and one run that diverged is half. */
    public static final int FEWEST = 3;

    /**
     * Fewer diverged runs are better; where none diverged, the 95% interval of the paired difference decides; below {@link #FEWEST} seeds
     * nothing does.
     *
     * @param losses one per seed, at least two; infinite or NaN where the run diverged
     * @param others the other's, in the same order
     */
    public static Verdict of(double[] losses, double[] others) {
        Interval difference = difference(losses, others);
        if (losses.length < FEWEST) {
            return UNDECIDED;
        }
        long diverged = diverged(losses);
        long rivals = diverged(others);
        if (diverged > 0 || rivals > 0) {
            return diverged < rivals ? BETTER : diverged > rivals ? WORSE : UNDECIDED;
        }
        return difference.high() < 0 ? BETTER : difference.low() > 0 ? WORSE : UNDECIDED;
    }

    /** The first minus the second, seed by seed: below 0 where the first is better. */
    public static Interval difference(double[] losses, double[] others) {
        if (losses.length != others.length) {
            throw new IllegalArgumentException(losses.length + " and " + others.length + " losses, expected one of each for every seed");
        }
        double[] differences = new double[losses.length];
        Arrays.setAll(differences, i -> losses[i] - others[i]);
        return Interval.of(differences);
    }

    private static long diverged(double[] losses) {
        return Arrays.stream(losses).filter(loss -> !Double.isFinite(loss)).count();
    }

    /** As tables say it, with the number of seeds where these are too few. */
    public String word(int seeds) {
        return seeds < FEWEST ? word() + " (" + seeds + " seeds)" : word();
    }

    /** As sentences say it. */
    public String word() {
        return switch (this) {
            case BETTER -> "better";
            case WORSE -> "worse";
            case UNDECIDED -> "undecided";
        };
    }
}
