package io.evolo.optimizers.designed;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * A rule that sees the slow part of its gradients enlarged (Lee et al. 2024; ironjr/grokfast, the EMA filter): e ← α e + (1 − α) g, at the
 * first step e ← g; the rule steps along g + λ e. For tasks that generalise long after they are learned; elsewhere it is near to a heavier
 * momentum. The caller's gradient is bit for bit the same afterwards.
 *
 * @param rule what makes the step
 * @param alpha α
 * @param strength λ
 */
@RuleName("grokfast")
public record Grokfast(
        Optimizer rule,
        @Hyper(standard = 0.98, range = Range.DECAY, meaning = "decay of the mean gradient") double alpha,
        @Hyper(standard = 2, range = Range.NOT_NEGATIVE, meaning = "weight of the mean gradient") double strength)
        implements Around {

    public Grokfast {
        Description.of(Grokfast.class).require(alpha, strength);
    }

    /** Around the rule's state, with one more slot: e. Scratch for a copy of the gradient. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = rule.init(layout, horizon);
        return inner.around(layout, new float[1][layout.size()], new float[layout.size()], inner);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        float[] g = step.gradient();
        float[] mean = state.slot(state.slots() - 1);
        if (state.t() == 0) {
            System.arraycopy(g, 0, mean, 0, g.length);
        } else {
            Elementwise.average(mean, 0, g.length, alpha, g);
        }
        System.arraycopy(g, 0, state.scratch(), 0, g.length);
        Elementwise.subtract(g, 0, g.length, (float) -strength, mean);
        rule.step(state.plan(OptimizerState.class), step);
        System.arraycopy(state.scratch(), 0, g, 0, g.length);
    }
}
