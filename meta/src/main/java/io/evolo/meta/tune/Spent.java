package io.evolo.meta.tune;

import java.util.Collection;

/**
 * What training runs cost.
 *
 * @param trials how many
 * @param laneSteps inner steps made
 * @param seconds of training on one thread, evaluation not included
 */
public record Spent(int trials, long laneSteps, double seconds) {

    /** @param entries each once */
    static Spent of(Collection<LedgerEntry> entries) {
        return new Spent(
                entries.size(),
                entries.stream().mapToLong(entry -> entry.trial().steps()).sum(),
                entries.stream().mapToDouble(entry -> entry.trial().seconds()).sum());
    }

    public Spent plus(Spent other) {
        return new Spent(trials + other.trials, laneSteps + other.laneSteps, seconds + other.seconds);
    }
}
