package io.evolo.meta;

import io.evolo.schema.Default;

/**
 * When a run writes.
 *
 * @param every seconds between checkpoints, at least 0
 * @param keep checkpoints that are kept, at least 1
 * @param metricsEvery outer steps between lines of {@code metrics.jsonl}, at least 1
 */
public record Saving(@Default("30") double every, @Default("3") int keep, @Default("10") int metricsEvery) {

    public Saving {
        Checks.that(every >= 0, "every", every, "at least 0 seconds");
        Checks.that(keep >= 1, "keep", keep, "at least 1");
        Checks.that(metricsEvery >= 1, "metricsEvery", metricsEvery, "at least 1");
    }
}
