package io.evolo.meta;

import io.evolo.optimizers.Need;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.guard.SafetyRails;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Task;
import java.util.List;
import java.util.Set;

/**
 * A rule that sees every gradient {@code delay} steps late, and the first one until then. The gradients under way are accumulators of
 * its state, so they are saved, copied and restored with it. The caller's gradient is bit for bit the same after the step.
 */
record Late(Optimizer rule, int delay) implements Optimizer {

    /** The rule as the task lets it see gradients. */
    static Optimizer on(Task task, Optimizer rule) {
        return task.gradientDelay() == 0 ? rule : new Late(rule, task.gradientDelay());
    }

    /** The state of the rule itself, whether or not its gradients come late. */
    static OptimizerState inside(Optimizer maybeLate, OptimizerState state) {
        return maybeLate instanceof Late ? state.plan(OptimizerState.class) : state;
    }

    /** As {@link SafetyRails#recovers}, of the rule itself. */
    static boolean recovers(Optimizer maybeLate) {
        return SafetyRails.recovers(maybeLate instanceof Late late ? late.rule : maybeLate);
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

    @Override
    public void evaluationParams(OptimizerState state, float[] params, float[] out) {
        rule.evaluationParams(state.plan(OptimizerState.class), params, out);
    }

    @Override
    public Set<Need> needs() {
        return rule.needs();
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        return rule.remarks(layout);
    }
}
