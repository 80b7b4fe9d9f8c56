package io.evolo.tasks.nn;

/** What a prediction is compared with. */
public enum Target {
    /** The label as a vector: 1 at the class, 0 elsewhere. */
    ONE_HOT,
    /** The input itself: an autoencoder. */
    INPUT,
    /** Values that come with every example: regression. See {@link CpuNetwork#targetAt}. */
    GIVEN
}
