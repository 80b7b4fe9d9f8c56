package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;

/**
 * A rule that sees every tensor's gradient at the size that it has at the base width. Under muP gradients shrink with the width
 * ({@code Scaling.gradient}), which no Adam-like rule should notice; but what its source adds under a root, 1e-8 say, becomes the
 * larger part of it on wide networks, and vectors that are moved by such a root no longer move. The caller's gradient is scaled in place
 * while the rule runs and is bit for bit the same afterwards. Under the standard parametrization this is the rule itself.
 *
 * @param rule whose state has no more than scratch added by this
 */
public record LevelGradients(Optimizer rule) implements Around {

    /** The rule's state with a copy of the gradient at the end of its scratch, where the layout's gradients shrink. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState state = rule.init(layout, horizon);
        return isLevel(layout) ? state : state.withMoreScratch(layout.size());
    }

    private static boolean isLevel(ParamLayout layout) {
        for (int i = 0; i < layout.tensors(); i++) {
            if (layout.spec(i).scaling().gradient() != 1) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void step(OptimizerState state, Step step) {
        ParamLayout layout = state.layoutOf(step);
        if (isLevel(layout)) {
            rule.step(state, step);
            return;
        }
        float[] gradient = step.gradient();
        int copy = state.scratch().length - gradient.length;
        System.arraycopy(gradient, 0, state.scratch(), copy, gradient.length);
        for (int i = 0; i < layout.tensors(); i++) {
            enlarge(gradient, layout.offset(i), layout.offset(i + 1), (float) layout.spec(i).scaling().gradient());
        }
        rule.step(state, step);
        System.arraycopy(state.scratch(), copy, gradient, 0, gradient.length);
    }

    private static void enlarge(float[] gradient, int begin, int end, float factor) {
        for (int i = begin; i < end; i++) {
            gradient[i] *= factor;
        }
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state;
    }
}
