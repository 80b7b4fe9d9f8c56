package io.evolo.optimizers.learned;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * A rule that sees 0 for a gradient's NaN and ±3.4e38 for ±∞, as muLO's code has it. It hides divergence, so no rule does it unless
 * asked to. The caller's gradient is changed while the rule runs and is the same afterwards.
 *
 * @param rule what makes the step
 */
record FiniteGradient(Optimizer rule) implements Around {

    /** The rule's state with a copy of the gradient at the end of its scratch. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return rule.init(layout, horizon).withMoreScratch(layout.size());
    }

    @Override
    public void step(OptimizerState state, Step step) {
        float[] gradient = step.gradient();
        if (isFinite(gradient)) {
            rule.step(state, step);
            return;
        }
        float[] scratch = state.scratch();
        int copy = scratch.length - gradient.length;
        System.arraycopy(gradient, 0, scratch, copy, gradient.length);
        for (int i = 0; i < gradient.length; i++) {
            float g = Float.isNaN(gradient[i]) ? 0 : gradient[i];
            gradient[i] = Math.clamp(g, -Float.MAX_VALUE, Float.MAX_VALUE);
        }
        rule.step(state, step);
        System.arraycopy(scratch, copy, gradient, 0, gradient.length);
    }

    private static boolean isFinite(float[] gradient) {
        float sum = 0;
        for (float g : gradient) {
            sum += 0 * g;
        }
        return sum == 0;
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state;
    }
}
