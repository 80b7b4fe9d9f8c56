package io.evolo.meta;

/**
 * What one outer step did.
 *
 * @param outerStep 1 for the first
 * @param metaLoss mean over particles
 * @param gradientNorm of the meta-gradient before clipping; 0 for CMA-ES
 * @param noise variance of the meta-gradient as a mean over particles, summed over its coordinates, estimated from how they differ; 0
 *     for CMA-ES and where there is one particle
 * @param diverged lanes that diverged in it
 * @param laneSteps inner steps made in it
 */
public record OuterReport(
        int outerStep, double metaLoss, double gradientNorm, double noise, int diverged, long laneSteps) {}
