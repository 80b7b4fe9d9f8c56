package io.evolo.meta;

import io.evolo.schema.ConfigException;

/**
 * Makes the executors of one kind. A module that has one names its provider in {@code META-INF/services}, and is found by
 * {@link java.util.ServiceLoader} where it is on the class path; see {@link Execution}.
 */
public interface ExecutorProvider {

    /** What {@code --executor} names it: letters, digits and {@code -}. */
    String name();

    /**
     * An executor of these particles, before their first truncation.
     *
     * @param recipe what the run is, where the particles must be made anew elsewhere
     * @param spec what the recipe makes of it here, with its data loaded
     * @throws ConfigException if it cannot run these particles, or not here; says why, and what can
     */
    ParticleExecutor open(Recipe recipe, ParticleSpec spec, Execution execution);

    /** Whether it makes whole training runs too, those of evaluations and of tuning. */
    default boolean makesTrials() {
        return false;
    }

    /**
     * Where whole training runs are made.
     *
     * @throws ConfigException if it makes none
     */
    default TrialExecutor trials(Execution execution) {
        throw new ConfigException("executor '" + name() + "' advances particles only; leave --executor out");
    }
}
