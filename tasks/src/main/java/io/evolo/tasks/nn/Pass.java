package io.evolo.tasks.nn;

/** Which kind of pass is running; the network sets it, the steps read it. */
final class Pass {

    /** What differs between passes. */
    enum Kind {
        /** Statistics of the batch, and noise. */
        TRAINING,
        /** Statistics of the batch, no noise; they are collected for {@link #EVALUATION}. */
        COLLECTING,
        /** Collected statistics, no noise. */
        EVALUATION
    }

    private Kind kind = Kind.TRAINING;
    private long noise;
    /** How many passes of the current collection have been made. */
    private int collected;

    Kind kind() {
        return kind;
    }

    /** Names the noise of a training pass. */
    long noise() {
        return noise;
    }

    int collected() {
        return collected;
    }

    void training(long noiseName) {
        kind = Kind.TRAINING;
        noise = noiseName;
    }

    void collecting(int passesBefore) {
        kind = Kind.COLLECTING;
        collected = passesBefore;
    }

    void evaluation() {
        kind = Kind.EVALUATION;
    }
}
