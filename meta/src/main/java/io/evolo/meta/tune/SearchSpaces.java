package io.evolo.meta.tune;

import static io.evolo.meta.tune.Axis.choice;
import static io.evolo.meta.tune.Axis.complement;
import static io.evolo.meta.tune.Axis.log;
import static io.evolo.meta.tune.Axis.zeroOrLog;
import static io.evolo.meta.tune.Candidate.RATE;

import io.evolo.meta.config.ConfigException;
import io.evolo.optimizers.Names;
import java.util.List;

/**
 * The boxes that tier {@link Tier#SOBOL} searches, in one table: rule, standard rate, ranges. All hyperparameters that stand in no
 * row keep their defaults. Ranges: AlgoPerf (2306.07179), VeLO (2211.09760), Kempner (2407.07972) and the rules' own papers.
 */
public final class SearchSpaces {
    private static final String DECAY = "weight_decay";

    private static final List<SearchSpace> TABLE = List.of(
            row("sgd", 1e-2, log(RATE, 1e-3, 10), zeroOrLog(DECAY, 1e-7, 1e-3)),
            row("momentum", 1e-2, log(RATE, 1e-3, 5), complement("momentum", 5e-3, 0.3), zeroOrLog(DECAY, 1e-7, 1e-3)),
            row("adam", 1e-3, log(RATE, 1e-5, 0.1), complement("beta1", 4e-3, 0.5), choice("beta2", 0.95, 0.99, 0.999),
                    choice("epsilon", 1e-8, 1e-15), log(DECAY, 1e-4, 1)),
            row("adamw", 1e-3, log(RATE, 1e-5, 0.1), complement("beta1", 4e-3, 0.5), choice("beta2", 0.95, 0.99, 0.999),
                    choice("epsilon", 1e-8, 1e-15), log(DECAY, 1e-4, 1)));

    private SearchSpaces() {}

    private static SearchSpace row(String optimizer, double standardRate, Axis... axes) {
        return new SearchSpace(optimizer, standardRate, List.of(axes));
    }

    /** The rules that have a row, in the table's order. */
    public static List<String> names() {
        return TABLE.stream().map(SearchSpace::optimizer).toList();
    }

    /** @throws ConfigException if the rule has no row */
    public static SearchSpace of(String optimizer) {
        return TABLE.stream()
                .filter(space -> space.optimizer().equals(optimizer))
                .findFirst()
                .orElseThrow(() -> new ConfigException(Names.unknown("search space", optimizer, names())));
    }
}
