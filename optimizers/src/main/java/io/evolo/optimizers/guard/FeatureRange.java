package io.evolo.optimizers.guard;

/**
 * Where a feature has been in meta-training.
 *
 * @param count observations
 * @param mean of them
 * @param std their standard deviation; at least {@link #LEAST_STD}
 * @param min the least one
 * @param max the largest one
 */
public record FeatureRange(double count, double mean, double std, double min, double max) {

    /**
     * A tenth of a decade: features that hardly varied in meta-training, for instance because all its tasks were alike, are not taken
     * for laws.
     */
    public static final double LEAST_STD = 0.1;

    /** Of a feature that nothing is known of: no value lies outside. */
    static final FeatureRange UNKNOWN = new FeatureRange(1, 0, 1, -Double.MAX_VALUE / 2, Double.MAX_VALUE / 2);

    public FeatureRange {
        if (!(count >= 1 && min <= mean && mean <= max) || Double.isInfinite(max - min)) {
            throw new IllegalArgumentException("a feature was seen " + count + " times between " + min + " and " + max + " with mean "
                    + mean + ", expected once at least, and the mean between the others");
        }
        if (!(std >= 0)) {
            throw new IllegalArgumentException("standard deviation of a feature is " + std + ", expected 0 or more");
        }
        std = Math.max(std, LEAST_STD);
    }

    /** How many standard deviations a value lies outside of all that was seen; 0 within. */
    public double distance(double value) {
        return Math.max(0, Math.max(min - value, value - max)) / std;
    }

    /** As a package keeps it: count, mean, standard deviation, least, largest. */
    float[] toArray() {
        return new float[] {(float) count, (float) mean, (float) std, (float) min, (float) max};
    }

    /** @throws IllegalArgumentException if these are not five such numbers */
    static FeatureRange of(float[] kept) {
        if (kept.length != 5) {
            throw new IllegalArgumentException("a feature's statistics are " + kept.length + " numbers, expected 5");
        }
        // Rounding to float may put the mean of equal values just outside of them.
        double mean = Math.max(kept[3], Math.min(kept[4], kept[1]));
        return new FeatureRange(kept[0], mean, kept[2], kept[3], kept[4]);
    }
}
