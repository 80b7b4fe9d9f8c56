package io.evolo.meta.tune;

import io.evolo.meta.RuleSource;
import io.evolo.optimizers.Optimizer;

/** A hand-designed rule at one setting. */
record DesignedRule(Candidate candidate) implements RuleSource {

    @Override
    public Optimizer optimizer() {
        return Rules.optimizer(candidate);
    }
}
