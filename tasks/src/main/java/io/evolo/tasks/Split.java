package io.evolo.tasks;

/** The parts of a data set, which never overlap. */
public enum Split {
    /** What inner training sees. */
    TRAIN,
    /** For choosing within one inner problem (learning rates, schedules); held out of {@link #TRAIN}. */
    INNER_VALID,
    /** For choosing between optimizers (theta, packages); held out of {@link #TRAIN} and never seen by a tuned inner problem. */
    OUTER_VALID,
    /** For final figures only. */
    TEST
}
