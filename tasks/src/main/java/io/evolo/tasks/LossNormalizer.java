package io.evolo.tasks;

/** Maps losses of tasks of different scale to meta-losses that can be averaged. Increasing; never gives NaN for a finite loss. */
@FunctionalInterface
public interface LossNormalizer {

    LossNormalizer IDENTITY = loss -> loss;

    double normalize(double loss);
}
