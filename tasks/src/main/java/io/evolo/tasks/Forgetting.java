package io.evolo.tasks;

import java.util.List;
import java.util.Optional;

/**
 * A task with something to forget: training, evaluation and reported losses are those of the one, and the other's loss, over the same
 * parameters, is the {@link Optimizee#secondObjective()}, for rules that work against it. Source: machine unlearning with retained and
 * forgotten data (Bu et al. 2024).
 *
 * @param keep what is to be kept
 * @param forget what is to be forgotten; has the same layout
 */
public record Forgetting(Task keep, Task forget) implements Task {

    public Forgetting {
        if (!keep.layout().equals(forget.layout())) {
            throw new IllegalArgumentException("'" + keep.name() + "' has " + keep.layout() + ", but '" + forget.name() + "', to be forgotten, "
                    + forget.layout() + "; expected tasks over the same parameters");
        }
    }

    @Override
    public String name() {
        return keep.name() + ", forgetting " + forget.name();
    }

    @Override
    public ParamLayout layout() {
        return keep.layout();
    }

    @Override
    public LossNormalizer normalizer() {
        return keep.normalizer();
    }

    @Override
    public Optimizee open() {
        return new Both(keep.open(), forget.open());
    }

    /** Two optimizees, each with its own memory. */
    private record Both(Optimizee keep, Optimizee forget) implements Optimizee {
        @Override
        public void init(Rng rng, float[] w) {
            keep.init(rng, w);
        }

        @Override
        public float lossAndGradient(float[] w, BatchKey key, int step, float[] gradient) {
            return keep.lossAndGradient(w, key, step, gradient);
        }

        @Override
        public float loss(float[] w, BatchKey key, int step) {
            return keep.loss(w, key, step);
        }

        @Override
        public List<DenseSignals> denseSignals() {
            return keep.denseSignals();
        }

        @Override
        public Optional<Optimizee> secondObjective() {
            return Optional.of(forget);
        }

        @Override
        public Evaluation evaluate(float[] w, Split split, int maxExamples) {
            return keep.evaluate(w, split, maxExamples);
        }
    }
}
