package io.evolo.tasks;

/**
 * Positive integers from min to max, both included.
 *
 * @param min at least 1
 * @param max at least {@code min}
 */
public record IntRange(int min, int max) {

    public IntRange {
        if (min < 1 || max < min) {
            throw new IllegalArgumentException("range is [" + min + ", " + max + "], expected 1 ≤ min ≤ max");
        }
    }

    public static IntRange of(int value) {
        return new IntRange(value, value);
    }

    /** Log-uniform; always {@code min} where the range is a single value. */
    public int sample(Rng rng) {
        return min == max ? min : rng.logUniformInt(min, max);
    }

    @Override
    public String toString() {
        return min == max ? String.valueOf(min) : "[" + min + ", " + max + "]";
    }
}
