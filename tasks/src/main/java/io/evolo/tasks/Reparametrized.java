package io.evolo.tasks;

import io.evolo.tasks.kernels.Elements;
import io.evolo.tasks.kernels.Twin;
import java.util.Locale;

/**
 * Another task in other coordinates: its parameters p are trained as p' = p/α, so the same function starts at values 1/α times as
 * large and its gradient is α times as large. What a learned optimizer meets is a problem of another scale. The factors α are
 * log-uniform in [low, high).
 *
 * <p>Source: the re-parametrisation augmentation of VeLO (Metz et al. 2022) and Celo (2025).
 *
 * @param task the task in its own coordinates
 * @param level which parameters share an α
 * @param low least α, above 0
 * @param high greatest α, at least low
 * @param seed names the α
 */
public record Reparametrized(Task task, Level level, double low, double high, long seed) implements Task {

    /** Which parameters share an α. */
    public enum Level {
        /** All. */
        GLOBAL,
        /** Those of one tensor. */
        TENSOR,
        /** None: each has its own. */
        ELEMENT
    }

    public Reparametrized {
        checkRange(low, high);
    }

    private static void checkRange(double low, double high) {
        if (!(low > 0) || !(high >= low) || !Double.isFinite(high)) {
            throw new IllegalArgumentException("re-parametrisation by factors in [" + low + ", " + high
                    + "), expected 0 < low ≤ high and both finite");
        }
    }

    /**
     * Tasks of another family, each with its own α.
     *
     * @param low least α, above 0
     * @param high greatest α, at least low
     */
    public record Family(TaskFamily family, Level level, double low, double high) implements TaskFamily {

        public Family {
            checkRange(low, high);
        }

        @Override
        public Task sample(Rng rng) {
            Task task = family.sample(rng);
            return new Reparametrized(task, level, low, high, rng.nextLong());
        }
    }

    @Override
    public String name() {
        return task.name() + ", re-parametrised by " + level.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Work work() {
        return task.work().plus(new Work(0, 2.0 * layout().size()));
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
    public int gradientDelay() {
        return task.gradientDelay();
    }

    @Override
    public LossNormalizer normalizer() {
        return task.normalizer();
    }

    @Override
    public Optimizee open() {
        return new Wrapped(task.open(), factors(), Twin.selected());
    }

    /** α of every parameter; a new array. */
    public float[] factors() {
        ParamLayout layout = layout();
        float[] alpha = new float[layout.size()];
        Rng rng = Rng.of(seed, "reparametrize");
        float factor = factor(rng);
        for (int tensor = 0; tensor < layout.tensors(); tensor++) {
            factor = level == Level.TENSOR ? factor(rng) : factor;
            for (int i = layout.offset(tensor); i < layout.offset(tensor + 1); i++) {
                factor = level == Level.ELEMENT ? factor(rng) : factor;
                alpha[i] = factor;
            }
        }
        return alpha;
    }

    private float factor(Rng rng) {
        return (float) rng.logUniform(low, high);
    }

    /** The other task's optimizee, its parameters and gradients converted on the way. */
    private static final class Wrapped implements Optimizee {
        private final Optimizee optimizee;
        private final float[] alpha;
        private final float[] own;
        private final Twin twin;

        Wrapped(Optimizee optimizee, float[] alpha, Twin twin) {
            this.optimizee = optimizee;
            this.alpha = alpha;
            this.own = new float[alpha.length];
            this.twin = twin;
        }

        @Override
        public void init(Rng rng, float[] w) {
            optimizee.init(rng, w);
            for (int i = 0; i < alpha.length; i++) {
                w[i] /= alpha[i];
            }
        }

        @Override
        public float lossAndGradient(float[] w, BatchKey key, int step, float[] gradient) {
            Elements.multiply(twin, alpha, 0, w, 0, own, 0, own.length);
            float loss = optimizee.lossAndGradient(own, key, step, gradient);
            Elements.multiply(twin, alpha, 0, gradient, 0, gradient, 0, own.length);
            return loss;
        }

        @Override
        public float loss(float[] w, BatchKey key, int step) {
            Elements.multiply(twin, alpha, 0, w, 0, own, 0, own.length);
            return optimizee.loss(own, key, step);
        }

        @Override
        public Evaluation evaluate(float[] w, Split split, int maxExamples) {
            Elements.multiply(twin, alpha, 0, w, 0, own, 0, own.length);
            return optimizee.evaluate(own, split, maxExamples);
        }
    }
}
