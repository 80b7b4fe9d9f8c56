package io.evolo.meta;

import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.schema.Default;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which learned rule, and its hyperparameters; see {@link LearnedOptimizers#of} for both.
 *
 * @param name as in {@code small_fc}, {@code celo2}
 * @param hyper hyperparameters by name, flags as 0 and 1; what is not named takes the published value
 */
public record Rule(String name, @Default("{}") Map<String, Double> hyper) {

    public Rule {
        hyper = Collections.unmodifiableSortedMap(new TreeMap<>(hyper));
        LearnedOptimizers.of(name, hyper); // refuses unknown names and values out of range
    }

    public LearnedOptimizer learned() {
        return LearnedOptimizers.of(name, hyper);
    }
}
