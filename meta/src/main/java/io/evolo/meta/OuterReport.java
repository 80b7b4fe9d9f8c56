package io.evolo.meta;

/**
 * What one outer step did.
 *
 * @param outerStep 1 for the first
 * @param metaLoss mean over particles
 * @param gradientNorm of the meta-gradient before clipping; 0 for CMA-ES
 * @param signalToNoise squared norm of the meta-gradient over the variance of that mean, estimated from how its particles differ: about
 *     1 where it is all noise; 0 for CMA-ES
 * @param diverged lanes that diverged in it
 * @param laneSteps inner steps made in it
 */
public record OuterReport(
        int outerStep, double metaLoss, double gradientNorm, double signalToNoise, int diverged, long laneSteps) {}
