package io.evolo.meta;

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
     * @throws io.evolo.meta.config.ConfigException if it cannot run these particles, or not here; says why, and what can
     */
    ParticleExecutor open(Recipe recipe, ParticleSpec spec, Execution execution);
}
