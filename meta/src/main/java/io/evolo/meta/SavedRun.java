package io.evolo.meta;

/**
 * What a run's checkpoint holds.
 *
 * @param seconds that the run has taken so far, of all processes that worked on it
 */
record SavedRun(OuterState state, double seconds) {}
