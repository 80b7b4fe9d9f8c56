package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Adaptive in few places only (Zhao et al. 2024, "AdalayerWLast"): the last matrix and normalisations move as under {@link Adalayer},
 * everything else by the corrected mean gradient, w ← (1 − ηλ) w − η/c1 · m. The adaptive tensors have a rate of their own, given as a
 * factor. muP factor {@code Scaling.adam} where adaptive, {@code Scaling.sgd} elsewhere; the decay is not scaled.
 *
 * @param rate η per step, of the tensors that are not adaptive
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ, decoupled
 * @param lastFactor the adaptive tensors' rate over η
 * @param lastLayer whether the last matrix is adaptive, each output a block
 * @param firstLayer whether an embedding is adaptive, each row a block
 * @param updateNorm whether normalisations are adaptive
 * @param outputsAreRows whether matrices are (out, in), as in torch, not (in, out)
 */
@RuleName("adalayer-last")
public record LastAdalayer(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-15, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the rate") double weightDecay,
        @Hyper(standard = 1, range = Range.NOT_NEGATIVE, meaning = "rate of the adaptive tensors over that of the others") double lastFactor,
        @Hyper(standard = 1, meaning = "whether the last matrix is adaptive") boolean lastLayer,
        @Hyper(standard = 0, meaning = "whether an embedding is adaptive") boolean firstLayer,
        @Hyper(standard = 1, meaning = "whether normalisations are adaptive") boolean updateNorm,
        @Hyper(standard = 0, meaning = "whether matrices are (out, in), not (in, out)") boolean outputsAreRows)
        implements Optimizer {

    public LastAdalayer {
        Description.of(LastAdalayer.class).require(beta1, beta2, epsilon, weightDecay, lastFactor);
    }

    /** Slots: m, and V of all blocks. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        Blocks blocks = Blocks.of(layout, new Blocks.Cuts(lastLayer, false, firstLayer, outputsAreRows));
        float[][] slots = {new float[layout.size()], new float[blocks.total()]};
        return new OptimizerState(layout, horizon, slots, new float[blocks.widest()], blocks)
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        Blocks blocks = state.plan(Blocks.class);
        int t = state.t() + 1;
        double eta = rate.rate(state.t(), state.horizon());
        double c1 = Powers.correction(beta1, t);
        double c2 = Powers.correction(beta2, t);
        Elementwise.average(state.slot(0), 0, layout.size(), beta1, step.gradient());
        for (int i = 0; i < layout.tensors(); i++) {
            if (adaptive(blocks.tensors().get(i).part())) {
                double own = eta * lastFactor;
                blocks.average(i, step.gradient(), state.slot(1), state.scratch(), beta2, 1 - beta2);
                blocks.move(i, step.params(), state.slot(0), state.slot(1), state.scratch(), 1 - own * weightDecay,
                        own * layout.spec(i).scaling().adam() / c1, 1 / c2, epsilon);
            } else {
                move(step.params(), state.slot(0), layout.offset(i), layout.offset(i + 1), (float) (1 - eta * weightDecay),
                        (float) (eta * layout.spec(i).scaling().sgd() / c1));
            }
        }
        state.advance();
    }

    private boolean adaptive(Part part) {
        return switch (part) {
            case LAST -> lastLayer;
            case EMBEDDING -> firstLayer;
            case NORM -> updateNorm;
            case FUSED_ATTENTION, OTHER -> false;
        };
    }

    private static void move(float[] w, float[] m, int begin, int end, float keep, float rate) {
        for (int i = begin; i < end; i++) {
            w[i] = keep * w[i] - rate * m[i];
        }
    }
}
