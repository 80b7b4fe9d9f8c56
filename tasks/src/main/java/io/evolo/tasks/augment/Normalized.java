package io.evolo.tasks.augment;

import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Task;
import io.evolo.tasks.Work;

/**
 * Another task whose losses count otherwise in meta-training; its training is the same.
 *
 * @param task whose own normaliser is asked only where {@code normalizer} does so
 * @param normalizer from training loss to meta-loss
 */
public record Normalized(Task task, LossNormalizer normalizer) implements Task {

    /**
     * ln of a meta-loss over a reference, between ±bound: every halving counts alike, however small the loss has become. What is not
     * finite gives the bound.
     *
     * @param own from training loss to the meta-loss whose logarithm this is
     * @param reference the meta-loss that counts 0, above 0
     * @param bound above 0
     */
    public record Logarithm(LossNormalizer own, double reference, double bound) implements LossNormalizer {
        public Logarithm {
            if (!(reference > 0) || !(bound > 0)) {
                throw new IllegalArgumentException(
                        "logarithm of losses over " + reference + " within ±" + bound + ", expected positive numbers");
            }
        }

        @Override
        public double normalize(double loss) {
            double counted = own.normalize(loss);
            return Double.isFinite(counted) ? Math.clamp(StrictMath.log(Math.max(0, counted) / reference), -bound, bound) : bound;
        }
    }

    @Override
    public String name() {
        return task.name();
    }

    @Override
    public int gradientDelay() {
        return task.gradientDelay();
    }

    @Override
    public Work work() {
        return task.work();
    }

    @Override
    public long openBytes() {
        return task.openBytes();
    }

    @Override
    public ParamLayout layout() {
        return task.layout();
    }

    @Override
    public Optimizee open() {
        return task.open();
    }
}
