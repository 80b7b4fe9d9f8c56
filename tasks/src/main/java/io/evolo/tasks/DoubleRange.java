package io.evolo.tasks;

/**
 * Numbers from {@code low} to {@code high}.
 *
 * @param low finite
 * @param high at least low, finite
 */
public record DoubleRange(double low, double high) {

    public DoubleRange {
        if (!(high >= low) || Double.isInfinite(low) || Double.isInfinite(high)) {
            throw new IllegalArgumentException("range [" + low + ", " + high + "], expected low ≤ high and both finite");
        }
    }

    /** Only this value. */
    public static DoubleRange of(double value) {
        return new DoubleRange(value, value);
    }

    public double uniform(Rng rng) {
        return low == high ? low : rng.uniform(low, high);
    }

    /** Equal probability for equal ratios; needs a positive low. */
    public double logUniform(Rng rng) {
        return low == high ? low : rng.logUniform(low, high);
    }

    @Override
    public String toString() {
        return low == high ? String.valueOf(low) : low + "–" + high;
    }
}
