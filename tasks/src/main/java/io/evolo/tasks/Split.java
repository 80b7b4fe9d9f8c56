package io.evolo.tasks;

/** The parts of a data set, which never overlap. */
public enum Split {
    /** What inner training sees. */
    TRAIN,
    /** For choosing (learning rates, packages); held out of {@link #TRAIN}. */
    VALID,
    /** For final figures only. */
    TEST
}
