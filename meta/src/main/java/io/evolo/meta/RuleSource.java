package io.evolo.meta;

import io.evolo.optimizers.Optimizer;
import java.io.Serializable;

/** What a rule is made of: a value that other processes make the same rule of. */
@FunctionalInterface
public interface RuleSource extends Serializable {
    Optimizer optimizer();
}
