package io.evolo.meta;

/**
 * What one particle says after a truncation.
 *
 * @param gradient its estimate of the meta-gradient, of theta's size; owned
 * @param loss mean of the meta-losses of its two lanes
 * @param diverged lanes that diverged in this truncation
 * @param laneSteps inner steps made, of both lanes together, those of frozen lanes included
 */
public record ParticleResult(float[] gradient, double loss, int diverged, int laneSteps) {}
