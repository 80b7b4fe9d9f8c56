package io.evolo.meta;

import io.evolo.schema.Default;
import io.evolo.tasks.Rng;

/**
 * How long inner problems run: a log-uniform integer in [min, max], drawn anew for every one.
 *
 * @param min fewest inner steps, at least 1
 * @param max most inner steps, at least {@code min}
 * @param stagger every particle's first inner problem starts its count at a uniform integer in [0, stagger), so that particles do
 *     not all restart together; 0 or 1: they do
 */
public record Horizon(int min, int max, @Default("0") int stagger) {

    public Horizon {
        Checks.that(min >= 1, "min", min, "at least 1");
        Checks.that(max >= min, "max", max, "at least min = " + min);
        Checks.that(stagger >= 0, "stagger", stagger, "at least 0");
    }

    public static Horizon constant(int steps) {
        return new Horizon(steps, steps, 0);
    }

    int length(Rng rng) {
        return min == max ? min : rng.logUniformInt(min, max);
    }

    /** Where the first inner problem of a length starts to count. */
    int start(Rng rng, int length) {
        return stagger == 0 ? 0 : Math.min(rng.nextInt(stagger), length - 1);
    }
}
