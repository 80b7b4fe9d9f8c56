package io.evolo.tasks.augment;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.Evaluation;
import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.Split;
import io.evolo.tasks.Task;
import io.evolo.tasks.Work;
import java.util.Arrays;
import java.util.List;

/**
 * Another task of which only k coordinates are trained: w = w₀ + p·S/√k with p in R^k and S a [k × D] matrix of random signs. The
 * origin w₀ is one initialisation of the task; p begins at 0. A step costs k·D more.
 *
 * <p>Source: random-subspace training as in Li et al. 2018 (intrinsic dimension), an augmentation of VeLO (Metz et al. 2022).
 *
 * @param task in all its D coordinates
 * @param directions k, at least 1
 * @param seed names origin and signs
 */
public record Subspace(Task task, int directions, long seed) implements Task {

    public Subspace {
        if (directions < 1) {
            throw new IllegalArgumentException("a subspace of " + directions + " directions, expected at least 1");
        }
    }

    @Override
    public String name() {
        return task.name() + ", in " + directions + " random directions";
    }

    @Override
    public int gradientDelay() {
        return task.gradientDelay();
    }

    @Override
    public Work work() {
        return task.work().plus(new Work(0, 2.0 * directions * task.layout().size()));
    }

    @Override
    public long openBytes() {
        return task.openBytes();
    }

    @Override
    public ParamLayout layout() {
        return new ParamLayout(List.of(ParamSpec.plain("coordinates", Shape.of(directions))));
    }

    @Override
    public LossNormalizer normalizer() {
        return task.normalizer();
    }

    @Override
    public Optimizee open() {
        return new Running(this);
    }

    private static final class Running implements Optimizee {
        private final Optimizee optimizee;
        private final long seed;
        private final float scale;
        private final float[] origin;
        private final float[] w;
        private final float[] gradient;

        Running(Subspace space) {
            optimizee = space.task.open();
            seed = space.seed;
            scale = (float) (1 / Math.sqrt(space.directions));
            origin = new float[space.task.layout().size()];
            optimizee.init(Rng.of(seed, "subspace-origin"), origin);
            w = new float[origin.length];
            gradient = new float[origin.length];
        }

        @Override
        public void init(Rng rng, float[] p) {
            Arrays.fill(p, 0);
        }

        /** w ← origin + p·S/√k; 64 signs of a row are one word. */
        private void place(float[] p) {
            System.arraycopy(origin, 0, w, 0, w.length);
            for (int j = 0; j < p.length; j++) {
                float move = p[j] * scale;
                for (int begin = 0; begin < w.length; begin += Long.SIZE) {
                    long signs = Bits.of(seed, j, begin);
                    int end = Math.min(begin + Long.SIZE, w.length);
                    for (int i = begin; i < end; i++, signs >>>= 1) {
                        w[i] += (signs & 1) == 0 ? move : -move;
                    }
                }
            }
        }

        @Override
        public float lossAndGradient(float[] p, BatchKey key, int step, float[] out) {
            place(p);
            float loss = optimizee.lossAndGradient(w, key, step, gradient);
            for (int j = 0; j < p.length; j++) {
                double sum = 0;
                for (int begin = 0; begin < w.length; begin += Long.SIZE) {
                    long signs = Bits.of(seed, j, begin);
                    int end = Math.min(begin + Long.SIZE, w.length);
                    for (int i = begin; i < end; i++, signs >>>= 1) {
                        sum += (signs & 1) == 0 ? gradient[i] : -gradient[i];
                    }
                }
                out[j] = (float) (scale * sum);
            }
            return loss;
        }

        @Override
        public float loss(float[] p, BatchKey key, int step) {
            place(p);
            return optimizee.loss(w, key, step);
        }

        @Override
        public Evaluation evaluate(float[] p, Split split, int maxExamples) {
            place(p);
            return optimizee.evaluate(w, split, maxExamples);
        }
    }
}
