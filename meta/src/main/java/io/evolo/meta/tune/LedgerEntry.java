package io.evolo.meta.tune;

import io.evolo.meta.LearningCurve;
import io.evolo.meta.Trial;
import java.util.List;

/**
 * One training run in a ledger.
 *
 * @param key which run
 * @param tier what it was made for first; others may use it too
 * @param trial how it went
 * @param curve mean batch losses over equal windows of its steps, see {@link LearningCurve}; NaN from where it diverged
 */
public record LedgerEntry(Key key, Tier tier, Trial trial, List<Float> curve) {
    public LedgerEntry {
        curve = List.copyOf(curve);
    }

    /**
     * Which run it is, among those of a ledger's task.
     *
     * @param purpose tuning and judging have seeds of their own
     * @param seed index, from 0
     */
    public record Key(Candidate candidate, Trial.Purpose purpose, int seed) {}
}
