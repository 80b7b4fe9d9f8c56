package io.evolo.meta;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Task;

/**
 * A rule that sees every gradient {@code delay} steps late, and the first one until then. The gradients under way are accumulators of
 * its state, so they are saved, copied and restored with it. The caller's gradient is bit for bit the same after the step.
 */
record Late(Optimizer rule, int delay) implements Around {

    /** The rule as the task lets it see gradients. */
    static Optimizer on(Task task, Optimizer rule) {
        return task.gradientDelay() == 0 ? rule : new Late(rule, task.gradientDelay());
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = rule.init(layout, horizon);
        return inner.around(layout, new float[delay][layout.size()], new float[layout.size()], inner);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        OptimizerState inner = state.plan(OptimizerState.class);
        float[] gradient = step.gradient();
        int t = state.t();
        float[] place = state.slot(inner.slots() + t % delay);
        float[] used = t < delay ? state.slot(inner.slots()) : place;
        System.arraycopy(gradient, 0, state.scratch(), 0, gradient.length);
        if (t > 0) {
            System.arraycopy(used, 0, gradient, 0, gradient.length);
        }
        System.arraycopy(state.scratch(), 0, place, 0, gradient.length);
        rule.step(inner, step);
        System.arraycopy(state.scratch(), 0, gradient, 0, gradient.length);
    }
}
