package io.evolo.meta.tune;

import io.evolo.meta.Trial;

/** Which loss tuning chooses by. */
public enum Selection {
    /** Of the inner validation part, which no reported figure is measured on. */
    VALID,
    /** Of the training part, as VeLO's and muLO's baselines were chosen. */
    TRAIN;

    /** That loss of a trial, nats; infinite if it diverged. */
    public double loss(Trial trial) {
        return this == VALID ? trial.validLoss() : trial.trainLoss();
    }
}
