package io.evolo.meta.tune;

import io.evolo.meta.Trial;

/**
 * One training run in a ledger.
 *
 * @param key which run
 * @param tier what it was made for first; others may use it too
 * @param trial how it went
 */
public record LedgerEntry(Key key, Tier tier, Trial trial) {

    /**
     * Which run it is, among those of a ledger's task.
     *
     * @param purpose tuning and judging have seeds of their own
     * @param seed index, from 0
     */
    public record Key(Candidate candidate, Trial.Purpose purpose, int seed) {}
}
