package io.evolo.meta;

import io.evolo.schema.Default;

/**
 * A task to be judged by, under a name that stays.
 *
 * @param name as published, or beginning with {@code Small_}
 * @param needs the data set that it needs, by the name of its folder; empty: none
 * @param steps inner steps
 * @param task what it is
 */
public record FixedTask(String name, @Default("\"\"") String needs, @Default("10000") int steps, Tasks task) {

    public FixedTask {
        Checks.that(!name.isBlank(), "name", "blank", "one");
        Checks.that(steps >= 1, "steps", steps, "at least 1");
    }

    /** Which tasks are judged together. */
    public enum Suite {
        /** Those that need no data: minutes on two cores. */
        SMALL,
        /** All. */
        FULL;

        public boolean contains(FixedTask task) {
            return this == FULL || task.needs.isEmpty();
        }
    }
}
