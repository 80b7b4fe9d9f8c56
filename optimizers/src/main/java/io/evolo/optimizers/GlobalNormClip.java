package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;

/**
 * A rule that sees the gradient g·min(1, C/(‖g‖ + 1e-6)), norm over all tensors, as torch's {@code clip_grad_norm_} makes it. The
 * caller's gradient is scaled in place while the rule runs and is bit for bit the same afterwards. A gradient that is not finite
 * gives one that is not finite.
 *
 * @param rule what makes the step; not itself a clip, whose bound would be {@code min} of the two
 * @param bound C, positive
 */
public record GlobalNormClip(Optimizer rule, double bound) implements Around {

    public GlobalNormClip {
        if (!(bound > 0) || Double.isInfinite(bound)) {
            throw new IllegalArgumentException("norm bound is " + bound + ", expected a finite positive number");
        }
        if (rule instanceof GlobalNormClip inner) {
            throw new IllegalArgumentException(
                    "a clip at norm " + inner.bound + " inside one at " + bound + "; use one with the smaller bound");
        }
    }

    /** Around the rule's state, with scratch for a copy of the gradient. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = rule.init(layout, horizon);
        return inner.around(layout, new float[0][], new float[layout.size()], inner);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        OptimizerState inner = state.plan(OptimizerState.class);
        float[] gradient = step.gradient();
        double factor = bound / (Norms.norm(gradient, 0, gradient.length) + 1e-6);
        if (factor >= 1) {
            rule.step(inner, step);
            return;
        }
        System.arraycopy(gradient, 0, state.scratch(), 0, gradient.length);
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] *= (float) factor;
        }
        rule.step(inner, step);
        System.arraycopy(state.scratch(), 0, gradient, 0, gradient.length);
    }
}
