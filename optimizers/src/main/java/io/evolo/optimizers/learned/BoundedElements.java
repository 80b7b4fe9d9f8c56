package io.evolo.optimizers.learned;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;

/**
 * A rule that sees ±1e15 for a gradient's finite elements beyond, so that sums of their squares are floats. Elements that are not finite
 * stay as they are. The caller's gradient is changed while the rule runs and is the same afterwards; only a step that has such elements
 * takes memory, once the gradient.
 *
 * @param rule what makes the step
 */
record BoundedElements(Optimizer rule) implements Around {
    private static final float LIMIT = 1e15f;

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return rule.init(layout, horizon);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        float[] gradient = step.gradient();
        if (within(gradient)) {
            rule.step(state, step);
            return;
        }
        float[] given = gradient.clone();
        for (int i = 0; i < gradient.length; i++) {
            if (Float.isFinite(gradient[i])) {
                gradient[i] = Decays.clip(gradient[i], LIMIT);
            }
        }
        rule.step(state, step);
        System.arraycopy(given, 0, gradient, 0, gradient.length);
    }

    private static boolean within(float[] gradient) {
        int largest = 0; // magnitudes are ordered as their bits
        for (float g : gradient) {
            largest = Math.max(largest, Float.floatToRawIntBits(g) & Integer.MAX_VALUE);
        }
        return largest <= Float.floatToRawIntBits(LIMIT);
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state;
    }
}
