package io.evolo.meta.tune;

/** Where the phases of a tuning run report to. */
@FunctionalInterface
public interface TuningProgress {

    /**
     * A phase begins.
     *
     * @param phase for instance {@code tuning}
     * @param count how many trials it has, those of the ledger included
     * @return called after every one, from several threads
     */
    Runnable begin(String phase, int count);
}
