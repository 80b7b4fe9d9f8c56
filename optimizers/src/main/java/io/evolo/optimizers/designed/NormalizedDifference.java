package io.evolo.optimizers.designed;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Need;
import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.HashSet;
import java.util.Set;

/**
 * The direction of NGDiff (Bu et al. 2024) under any base rule: it keeps what one objective R says and forgets what another, F, says,
 * however different their scales. The base sees the gradient g_R/‖g_R‖ − g_F/‖g_F‖, with norms over all tensors; a gradient of norm 0
 * contributes nothing.
 *
 * @param rule makes the step
 */
public record NormalizedDifference(Optimizer rule) implements Around {

    /** The base rule's slots. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = rule.init(layout, horizon);
        return inner.around(layout, new float[0][], new float[layout.size()], new Inner(rule, inner));
    }

    @Override
    public Set<Need> needs() {
        Set<Need> needs = new HashSet<>(rule.needs());
        needs.addAll(Set.of(Need.GRADIENT, Need.SECOND_GRADIENT));
        return needs;
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state.plan(Inner.class).state;
    }

    @Override
    public void step(OptimizerState state, Step step) {
        stepOf(state, step);
    }

    /** A step of the rule whose state this is. */
    static void stepOf(OptimizerState state, Step step) {
        state.requireFits(step);
        Inner inner = state.plan(Inner.class);
        float[] g = step.gradient();
        float[] forget = step.secondGradient();
        float[] saved = state.scratch();
        System.arraycopy(g, 0, saved, 0, g.length);
        float keepScale = (float) inverseNorm(g);
        float forgetScale = (float) inverseNorm(forget);
        for (int i = 0; i < g.length; i++) {
            g[i] = keepScale * g[i] - forgetScale * forget[i];
        }
        inner.base.step(inner.state, step);
        System.arraycopy(saved, 0, g, 0, g.length);
    }

    /** 0 for a vector of norm 0. */
    private static double inverseNorm(float[] x) {
        double norm = Norms.norm(x, 0, x.length);
        return norm == 0 ? 0 : 1 / norm;
    }

    /** The base rule and its state. */
    private record Inner(Optimizer base, OptimizerState state) {}
}
