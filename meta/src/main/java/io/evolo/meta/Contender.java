package io.evolo.meta;

import io.evolo.optimizers.Optimizer;
import io.evolo.tasks.Parametrization;

/**
 * An optimizer that is judged, with the parametrization that its networks have.
 *
 * @param name for tables
 */
public record Contender(String name, RuleSource rule, Parametrization.Kind parametrization) {

    /** With a rule that is known to this process alone. */
    public Contender(String name, Optimizer optimizer, Parametrization.Kind parametrization) {
        this(name, () -> optimizer, parametrization);
    }

    public Optimizer optimizer() {
        return rule.optimizer();
    }
}
