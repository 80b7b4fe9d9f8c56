package io.evolo.meta;

import io.evolo.schema.Default;

/**
 * A problem that meta-validation trains from its beginning to its end, and that meta-training never sees.
 *
 * @param task what is trained, not augmented; where ranges leave something open, it is drawn once from the run's seed
 * @param steps inner steps, at least 1
 */
public record HeldOut(Tasks task, @Default("1000") int steps) {

    public HeldOut {
        Checks.that(steps >= 1, "steps", steps, "at least 1");
    }
}
