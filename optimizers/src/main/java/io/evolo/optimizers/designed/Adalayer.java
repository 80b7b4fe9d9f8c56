package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * Adalayer (Zhao et al. 2024; rosieyzh/optimizers-llm): AdamW with one mean square for a whole block of parameters:
 *
 * <pre>
 * w ← (1 − ηλ) w;  m ← β1 m + (1 − β1) g;  V_B ← β2 V_B + (1 − β2) mean over block B of g²
 * w ← w − η/c1 · m/(√V_B/√c2 + ε)
 * </pre>
 *
 * <p>Every tensor is a block; with the switches, every output of the last matrix, each of queries, keys and values in a fused matrix,
 * and every row of an embedding. {@link Part} says which tensors these are. Frozen: in the first steps nothing moves and V ← V +
 * (mean g² − V)/(t + 1), where the start at 0 counts as a sample; after them V stays, but for the last matrix and for normalisations
 * if switched on, and is not corrected. muP factor {@code Scaling.adam}; the decay is not scaled.
 *
 * <p>A block without any gradient so far does not move.
 *
 * @param rate η per step
 * @param beta1 β1
 * @param beta2 β2
 * @param epsilon ε
 * @param weightDecay λ, decoupled
 * @param lastLayer whether each output of the last matrix is a block
 * @param attention whether queries, keys and values are blocks
 * @param firstLayer whether each row of an embedding is a block
 * @param freeze steps that V is averaged over; 0: V is never frozen
 * @param updateLast whether V of the last matrix goes on
 * @param updateNorm whether V of normalisations goes on
 * @param outputsAreRows whether matrices are (out, in), as in torch, not (in, out)
 */
@RuleName("adalayer")
public record Adalayer(
        Schedule rate,
        @Hyper(standard = 0.9, range = Range.DECAY, meaning = "decay of the mean gradient") double beta1,
        @Hyper(standard = 0.95, range = Range.DECAY, meaning = "decay of the mean squared gradient") double beta2,
        @Hyper(standard = 1e-15, range = Range.POSITIVE, meaning = "added to the corrected root") double epsilon,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "decoupled, times the rate") double weightDecay,
        @Hyper(standard = 0, meaning = "whether each output of the last matrix is a block") boolean lastLayer,
        @Hyper(standard = 0, meaning = "whether queries, keys and values of a fused matrix are blocks") boolean attention,
        @Hyper(standard = 0, meaning = "whether each row of an embedding is a block") boolean firstLayer,
        @Hyper(standard = 0, range = Range.NOT_NEGATIVE, meaning = "first steps, without any move, that scales are frozen from") int freeze,
        @Hyper(standard = 0, meaning = "whether frozen scales of the last matrix go on") boolean updateLast,
        @Hyper(standard = 0, meaning = "whether frozen scales of normalisations go on") boolean updateNorm,
        @Hyper(standard = 0, meaning = "whether matrices are (out, in), not (in, out)") boolean outputsAreRows)
        implements Optimizer {

    public Adalayer {
        Description.of(Adalayer.class).require(beta1, beta2, epsilon, weightDecay, freeze);
    }

    /** Slots: m, and V of all blocks. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        Blocks blocks = Blocks.of(layout, new Blocks.Cuts(lastLayer, attention, firstLayer, outputsAreRows));
        float[][] slots = {new float[layout.size()], new float[blocks.total()]};
        return new OptimizerState(layout, horizon, slots, new float[blocks.widest()], blocks)
                .holding(0, OptimizerState.Content.MOMENTUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        Blocks blocks = state.plan(Blocks.class);
        int t = state.t() + 1;
        double eta = t <= freeze ? 0 : rate.rate(state.t(), state.horizon());
        double c1 = Powers.correction(beta1, t);
        double c2 = freeze == 0 ? Powers.correction(beta2, t) : 1;
        Elementwise.average(state.slot(0), 0, layout.size(), beta1, step.gradient());
        for (int i = 0; i < layout.tensors(); i++) {
            double fresh = fresh(blocks.tensors().get(i).part(), t);
            if (fresh > 0) {
                blocks.average(i, step.gradient(), state.slot(1), state.scratch(), 1 - fresh, fresh);
            }
            double tensorRate = eta * layout.spec(i).scaling().adam() / c1;
            blocks.move(i, step.params(), state.slot(0), state.slot(1), state.scratch(), 1 - eta * weightDecay, tensorRate, 1 / c2,
                    epsilon);
        }
        state.advance();
    }

    /** Share of the new mean square in V. */
    private double fresh(Part part, int t) {
        if (t <= freeze) {
            return 1.0 / (t + 1);
        }
        boolean moving = freeze == 0 || part == Part.LAST && updateLast || part == Part.NORM && updateNorm;
        return moving ? 1 - beta2 : 0;
    }
}
