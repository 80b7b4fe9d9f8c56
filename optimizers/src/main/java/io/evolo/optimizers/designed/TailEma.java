package io.evolo.optimizers.designed;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * A rule that is judged by a mean over the last part of its run (modded-nanogpt's tail-EMA read-out), and trains as it would without: from
 * the step after {@code begin} on, e ← e + (x − e)/τ, at first e ← x, before each step, of the parameters x that the rule is judged by;
 * judged are (1 − L) x + L e.
 *
 * @param rule what makes the step
 * @param tau τ over the planned steps
 * @param begin part of the planned steps before the mean begins
 * @param weight L
 */
@RuleName("tail-ema")
public record TailEma(
        Optimizer rule,
        @Hyper(standard = 0.05, range = Range.POSITIVE, meaning = "memory of the mean, over the planned steps") double tau,
        @Hyper(standard = 0.75, range = Range.FRACTION, meaning = "part of the steps before the mean begins") double begin,
        @Hyper(standard = 0.6, range = Range.FRACTION, meaning = "share of the mean in what is judged") double weight)
        implements Around {

    public TailEma {
        Description.of(TailEma.class).require(tau, begin, weight);
    }

    /** Around the rule's state, with one more slot: e. Scratch for x. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = rule.init(layout, horizon);
        return inner.around(layout, new float[1][layout.size()], new float[layout.size()], inner)
                .holding(inner.slots(), OptimizerState.Content.SUM);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        OptimizerState inner = state.plan(OptimizerState.class);
        int after = state.t() - state.steps(begin);
        if (after >= 0) {
            float[] x = state.scratch();
            rule.evaluationParams(inner, step.params(), x);
            float share = after == 0 ? 1 : (float) (1 / Math.max(1, tau * state.horizon()));
            approach(state.slot(inner.slots()), x, share);
        }
        rule.step(inner, step);
    }

    @Override
    public boolean averages() {
        return true;
    }

    @Override
    public void evaluationParams(OptimizerState state, float[] params, float[] out) {
        OptimizerState inner = state.plan(OptimizerState.class);
        rule.evaluationParams(inner, params, out);
        if (state.t() > state.steps(begin)) {
            approach(out, state.slot(inner.slots()), (float) weight);
        }
    }

    /** x ← x + share·(towards − x). */
    private static void approach(float[] x, float[] towards, float share) {
        for (int i = 0; i < x.length; i++) {
            x[i] += share * (towards[i] - x[i]);
        }
    }
}
