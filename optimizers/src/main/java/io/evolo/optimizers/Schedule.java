package io.evolo.optimizers;

/** A learning rate over a run. */
@FunctionalInterface
public interface Schedule {

    /**
     * The rate of one step.
     *
     * @param t completed steps, 0 for the first
     * @param horizon planned number of steps
     */
    double rate(int t, int horizon);
}
