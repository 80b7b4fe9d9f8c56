package io.evolo.meta.tune;

import io.evolo.meta.RuleSource;
import io.evolo.optimizers.Optimizer;

/** A hand-designed rule at one setting. */
public record DesignedRule(Candidate candidate) implements RuleSource {

    /**
     * A rule with fixed values and the cosine.
     *
     * @param name as {@code soap:rate=0.01}
     * @throws IllegalArgumentException if there is no such rule, or it does not take a value
     */
    public static DesignedRule fixed(String name) {
        Rules.requireKnown(name);
        return new DesignedRule(Rules.standard(name, Annealing.COSINE));
    }

    @Override
    public Optimizer optimizer() {
        return Rules.optimizer(candidate);
    }
}
