package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;

/**
 * A schedule around any rule, learned ones included: what the rule changes in a step is multiplied by a factor. Where the factor is 1,
 * the bits are the rule's own. A rule that has a schedule is better given another one; its accumulators may hold rates.
 *
 * @param rule what makes the step
 * @param factor on the step
 */
public record RateMultiplier(Optimizer rule, Schedule factor) implements Around {

    /** Around the rule's state, with scratch for a copy of the parameters. */
    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = rule.init(layout, horizon);
        return inner.around(layout, new float[0][], new float[layout.size()], inner);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        state.requireFits(step);
        float multiplier = (float) factor.rate(state.t(), state.horizon());
        float[] w = step.params();
        float[] before = state.scratch();
        System.arraycopy(w, 0, before, 0, w.length);
        rule.step(state.plan(OptimizerState.class), step);
        if (multiplier != 1) {
            for (int i = 0; i < w.length; i++) {
                w[i] = before[i] + multiplier * (w[i] - before[i]);
            }
        }
    }
}
