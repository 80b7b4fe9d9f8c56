package io.evolo.tasks;

import java.util.List;
import java.util.Optional;

/**
 * A task made ready to run on one thread. Owns its scratch memory; its methods allocate nothing. Arrays {@code w} and
 * {@code gradient} have the layout's size.
 */
public interface Optimizee {

    /** Writes initial parameters to {@code w}. */
    void init(Rng rng, float[] w);

    /**
     * The mean loss of one batch and its gradient.
     *
     * @param w parameters, read only
     * @param key names the sequence of batches
     * @param step which batch of the sequence
     * @param gradient overwritten
     * @return the loss (nats for cross-entropy), not normalised; may be NaN or infinite where the parameters have diverged
     */
    float lossAndGradient(float[] w, BatchKey key, int step, float[] gradient);

    /** The mean loss of one batch; see {@link #lossAndGradient}. */
    float loss(float[] w, BatchKey key, int step);

    /**
     * Inputs and output gradients of the layout's dense layers as the last {@link #lossAndGradient} left them, in the layout's order.
     * The views stay the same for the optimizee's life, their content changes. None where this optimizee cannot show them.
     */
    default List<DenseSignals> denseSignals() {
        return List.of();
    }

    /** The other objective over the same parameters, where the task has two: what is to be forgotten beside what is to be kept. */
    default Optional<Optimizee> secondObjective() {
        return Optional.empty();
    }

    /**
     * Loss and accuracy at {@code w} over the first {@code maxExamples} examples of the split, or all where it has fewer. Unless an
     * optimizee says otherwise, the loss of the split's first batch, without an accuracy (NaN).
     */
    default Evaluation evaluate(float[] w, Split split, int maxExamples) {
        return new Evaluation(loss(w, new BatchKey(split, 0), 0), Double.NaN, 1);
    }
}
