package io.evolo.meta;

import java.util.List;

/**
 * All that meta-training is between two outer steps: what a checkpoint holds. Owns its arrays.
 *
 * @param outerStep outer steps made
 * @param theta meta-parameters
 * @param outerSlots accumulators of the outer optimizer; its step count is {@code outerStep}
 * @param particles running inner problems; empty for CMA-ES, which runs whole ones
 * @param search for CMA-ES: its search, as {@code CmaEs} saves it; empty for others, and of a run that version 0.1 saved
 * @param laneSteps inner steps made so far
 * @param seen what the rule has seen so far, as {@code FeatureTally} saves it
 */
public record OuterState(
        int outerStep,
        float[] theta,
        float[][] outerSlots,
        List<Particle.State> particles,
        double[] search,
        long laneSteps,
        double[] seen) {

    public OuterState {
        particles = List.copyOf(particles);
    }
}
