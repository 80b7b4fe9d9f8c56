package io.evolo.meta;

import io.evolo.optimizers.guard.FeatureTally;

/**
 * What one particle says after a truncation.
 *
 * @param gradient its estimate of the meta-gradient, of theta's size; owned
 * @param loss mean of the meta-losses of its two lanes
 * @param diverged lanes that diverged in this truncation
 * @param laneSteps inner steps made, of both lanes together, those of frozen lanes included
 * @param seen what its rule saw in one step of the truncation; owned
 * @param likeness of its steps to an expert's, where there is one
 */
public record ParticleResult(
        float[] gradient, double loss, int diverged, int laneSteps, FeatureTally seen, Imitation.Likeness likeness) {}
