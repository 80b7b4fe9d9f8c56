package io.evolo.meta;

import java.util.List;

/** Owns the particles of a run and advances them all: the seam between meta-training and the hardware. */
public interface ParticleExecutor extends AutoCloseable {

    /**
     * Advances every particle by one truncation.
     *
     * @param theta not changed
     * @param outerStep names the noise
     * @return in particle order
     */
    List<ParticleResult> advance(float[] theta, int outerStep);

    /** The particles, in order; they are not disturbed. */
    List<Particle.State> snapshot();

    /**
     * Takes over saved particles.
     *
     * @param theta any theta of the rule
     * @throws IllegalArgumentException if they are not of this run's specification
     */
    void restore(List<Particle.State> particles, float[] theta);

    @Override
    void close();
}
