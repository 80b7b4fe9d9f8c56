package io.evolo.tasks.augment;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Evaluation;
import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;
import io.evolo.tasks.Work;

/**
 * Another task whose gradients have noise: to every element is added a nearly normal number of {@code std} times the root mean square
 * of the batch's gradient. Equal steps of equal batch sequences have equal noise, whoever makes them.
 *
 * @param task whose losses stay as they are
 * @param std relative to the gradient's root mean square, at least 0
 */
public record GradientNoise(Task task, double std) implements Task {
    /** Keeps the noise apart from the choice of examples, which is named by the same stream. */
    private static final long SALT = 0x6E6F697365L;

    public GradientNoise {
        if (!(std >= 0) || Double.isInfinite(std)) {
            throw new IllegalArgumentException("gradient noise of " + std + ", expected a finite number of at least 0");
        }
    }

    @Override
    public String name() {
        return task.name() + ", gradients with noise of " + (float) std;
    }

    @Override
    public int gradientDelay() {
        return task.gradientDelay();
    }

    @Override
    public Work work() {
        return task.work().plus(new Work(0, 10.0 * layout().size()));
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
    public LossNormalizer normalizer() {
        return task.normalizer();
    }

    @Override
    public Optimizee open() {
        return new Noisy(task.open(), std);
    }

    private record Noisy(Optimizee optimizee, double std) implements Optimizee {
        @Override
        public void init(Rng rng, float[] w) {
            optimizee.init(rng, w);
        }

        @Override
        public float lossAndGradient(float[] w, BatchKey key, int step, float[] gradient) {
            float loss = optimizee.lossAndGradient(w, key, step, gradient);
            double squares = 0;
            for (float g : gradient) {
                squares += (double) g * g;
            }
            double scale = std * Math.sqrt(squares / gradient.length);
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] += (float) (scale * Bits.normal(key.stream() ^ SALT, step, i));
            }
            return loss;
        }

        @Override
        public float loss(float[] w, BatchKey key, int step) {
            return optimizee.loss(w, key, step);
        }

        @Override
        public Evaluation evaluate(float[] w, Split split, int maxExamples) {
            return optimizee.evaluate(w, split, maxExamples);
        }
    }
}
