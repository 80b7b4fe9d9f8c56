package io.evolo.cli;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.memory.BFloat16State;
import io.evolo.schema.ConfigException;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What an optimizer's state is kept in between steps. */
enum StateType {
    FLOAT32,
    BFLOAT16;

    /**
     * What is put around a rule.
     *
     * @param exact accumulators that stay float32
     */
    UnaryOperator<Optimizer> of(List<Integer> exact) {
        if (this == FLOAT32 && !exact.isEmpty()) {
            throw new ConfigException("--exact " + exact + " has no meaning without --state bfloat16");
        }
        return this == FLOAT32 ? UnaryOperator.identity() : rule -> new BFloat16State(rule, Set.copyOf(exact));
    }
}
