package io.evolo.meta;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.guard.FeatureTally;
import io.evolo.tasks.ParamLayout;

/**
 * A rule that is looked at once, in one of the steps that it makes: what it sees then goes to a tally. Makes the rule's steps on the
 * rule's own state. Unlike other rules it counts, so it serves one unroll.
 */
final class Observed implements Around {
    private final Optimizer rule;
    private final FeatureTally tally;
    private int left;

    /** @param at which of its steps; negative: none */
    Observed(Optimizer rule, FeatureTally tally, int at) {
        this.rule = rule;
        this.tally = tally;
        this.left = at;
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        return rule.init(layout, horizon);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        if (left-- == 0) {
            tally.observe(state, step);
        }
        rule.step(state, step);
    }

    @Override
    public Optimizer rule() {
        return rule;
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state;
    }
}
