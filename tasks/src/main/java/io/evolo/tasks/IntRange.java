package io.evolo.tasks;

/**
 * Integers from {@code low} to {@code high}, both included.
 *
 * @param low at least 0
 * @param high at least low
 */
public record IntRange(int low, int high) {

    public IntRange {
        if (low < 0 || high < low) {
            throw new IllegalArgumentException("range [" + low + ", " + high + "], expected 0 ≤ low ≤ high");
        }
    }

    /** Only this value. */
    public static IntRange of(int value) {
        return new IntRange(value, value);
    }

    public static IntRange of(int low, int high) {
        return new IntRange(low, high);
    }

    /** Each with equal probability. */
    public int uniform(Rng rng) {
        return low + rng.nextInt(high - low + 1);
    }

    /** Equal probability for equal ratios; needs low of at least 1. */
    public int logUniform(Rng rng) {
        return low == high ? low : rng.logUniformInt(low, high);
    }

    @Override
    public String toString() {
        return low == high ? String.valueOf(low) : low + "–" + high;
    }
}
