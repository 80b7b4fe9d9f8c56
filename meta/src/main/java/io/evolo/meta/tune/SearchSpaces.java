package io.evolo.meta.tune;

import static io.evolo.meta.tune.Axis.choice;
import static io.evolo.meta.tune.Axis.complement;
import static io.evolo.meta.tune.Axis.log;
import static io.evolo.meta.tune.Axis.zeroOrLog;
import static io.evolo.meta.tune.Candidate.DECAY;
import static io.evolo.meta.tune.Candidate.RATE;

import io.evolo.schema.ConfigException;
import io.evolo.schema.Names;
import java.util.ArrayList;
import java.util.List;

/**
 * The boxes that tiers {@link Tier#SOBOL} and {@link Tier#BAYES} search, in one table: rule, standard rate, ranges. Hyperparameters that stand in no row keep
 * their defaults. Ranges: AlgoPerf (2306.07179), VeLO (2211.09760), Kempner (2407.07972) and the rules' own papers. Three are stretched
 * to what a table can say: TVLARS's fall is a number of steps' inverse and covers horizons from 1,000 to 10,000; Muon's auxiliary rate is
 * given as a part of its rate; Schedule-Free's warm-up, 5% of a horizon that the table does not know, is left to the rule's default.
 */
public final class SearchSpaces {
    private static final List<SearchSpace> TABLE = List.of(
            row("sgd", 1e-3, log(RATE, 1e-3, 10), zeroOrLog(DECAY, 1e-7, 1e-3)),
            row("momentum", 1e-3, log(RATE, 1e-3, 5), complement("momentum", 5e-3, 0.3), zeroOrLog(DECAY, 1e-7, 1e-3)),
            row("nesterov", 1e-3, log(RATE, 1e-3, 5), complement("momentum", 5e-3, 0.3), zeroOrLog(DECAY, 1e-7, 1e-3)),
            row("adagrad", 1e-2, log(RATE, 1e-3, 1), choice("initial_square", 0, 0.1), choice("epsilon", 1e-10, 1e-7)),
            row("rmsprop", 1e-2, log(RATE, 1e-5, 0.1), choice("alpha", 0.9, 0.99, 0.999), choice("momentum", 0, 0.9),
                    choice("epsilon", 1e-8, 1e-3)),
            row("rmsprop-tf", 1e-2, log(RATE, 1e-5, 0.1), choice("alpha", 0.9, 0.99, 0.999), choice("momentum", 0, 0.9),
                    choice("epsilon", 1e-8, 1e-3)),
            likeAdam("adam", 1e-3),
            likeAdam("adamw", 1e-3),
            likeAdam("adamw-transformers", 1e-3),
            likeAdam("nadam", 2e-3),
            likeAdam("nadamw", 1e-3),
            likeAdam("nadamw-velo", 1e-3),
            row("adafactor", 1e-3, log(RATE, 1e-4, 0.1), choice("beta1", 0, 0.9, 0.95), choice("scale_parameter", 0, 1)),
            likeAdam("adafactor-kempner", 1e-3),
            row("lion", 1e-4, log(RATE, 1e-6, 1e-2), choice("beta1", 0.9, 0.95), choice("beta2", 0.95, 0.98, 0.99),
                    log(DECAY, 1e-3, 10)),
            row("signum", 1e-4, log(RATE, 1e-6, 1e-2), choice("beta", 0.9, 0.95, 0.98, 0.99), log(DECAY, 1e-3, 10)),
            likeAdam("adalayer", 1e-3),
            likeAdam("adalayer-last", 1e-3),
            row("lars", 1, log(RATE, 0.1, 30), choice("trust", 1e-3, 1e-2), log(DECAY, 1e-6, 1e-3)),
            row("larc", 1, log(RATE, 0.1, 30), choice("trust", 1e-3, 1e-2), log(DECAY, 1e-6, 1e-3)),
            row("tvlars", 1, log(RATE, 0.1, 30), choice("trust", 1e-3, 1e-2), log(DECAY, 1e-6, 1e-3), log("fall", 1e-5, 1e-2)),
            row("lamb", 1e-3, log(RATE, 1e-4, 0.1), complement("beta1", 0.05, 0.3), log(DECAY, 1e-3, 1)),
            row("lamb-paper", 1e-3, log(RATE, 1e-4, 0.1), complement("beta1", 0.05, 0.3), log(DECAY, 1e-3, 1)),
            row("adam-exp-clip", 1e-3, log(RATE, 1e-5, 0.1), complement("beta1", 4e-3, 0.5), choice("beta2", 0.95, 0.99, 0.999),
                    choice("final_fraction", 0.01, 0.05, 0.1)),
            row("schedule-free-adamw", 2.5e-3, log(RATE, 5e-4, 0.1), choice("beta1", 0.9, 0.95, 0.98),
                    choice("beta2", 0.99, 0.999, 0.9999)),
            row("prodigy", 1, choice(RATE, 1), choice("coefficient", 0.5, 1, 2)),
            row("ademamix", 1e-3, log(RATE, 1e-5, 0.1), choice("beta2", 0.95, 0.99, 0.999), choice("beta3", 0.999, 0.9999),
                    choice("alpha", 2, 5, 8), log(DECAY, 1e-4, 1)),
            row("simplified-ademamix", 1e-3, log(RATE, 1e-7, 1e-2), choice("beta1", 0.9, 0.95, 0.99), choice("beta2", 0.95, 0.99, 0.999),
                    choice("alpha", 0, 10, 100), log(DECAY, 1e-4, 1)),
            row("adopt", 1e-3, log(RATE, 1e-5, 0.1), complement("beta1", 4e-3, 0.5), choice("beta2", 0.99, 0.999, 0.9999),
                    choice("decouple", 1), log(DECAY, 1e-4, 1)),
            row("adan", 5e-3, log(RATE, 5e-5, 0.5), choice("beta1", 0.9, 0.95, 0.98), choice("beta3", 0.95, 0.99, 0.999),
                    log(DECAY, 1e-4, 1)),
            row("mars", 3e-3, log(RATE, 1e-5, 0.1), complement("beta1", 4e-3, 0.5), choice("beta2", 0.95, 0.99, 0.999),
                    choice("gamma", 0.01, 0.025, 0.05), log(DECAY, 1e-4, 1)),
            row("mars-lion", 3e-4, log(RATE, 1e-6, 1e-2), choice("beta1", 0.9, 0.95, 0.99), choice("gamma", 0.01, 0.025, 0.05),
                    log(DECAY, 1e-3, 10)),
            row("prodigy-schedule-free", 1, choice(RATE, 1), choice("coefficient", 0.5, 1, 2), choice("d0", 1e-6, 1e-4),
                    choice("limit", 0, 1)),
            row("muon", 2e-2, log(RATE, 1e-3, 0.1), log("aux_ratio", 1e-3, 10), choice("momentum", 0.9, 0.95),
                    choice("cautious", 0, 1), log(DECAY, 1e-3, 1)),
            row("normuon", 2e-2, log(RATE, 1e-3, 0.1), log("aux_ratio", 1e-3, 10), choice("momentum", 0.9, 0.95),
                    choice("beta2", 0.9, 0.95, 0.99), choice("cautious", 0, 1), choice("list", 0, 1, 3), log(DECAY, 1e-3, 1)),
            row("muon-squared", 0.1, log(RATE, 1e-3, 0.3), log("aux_ratio", 1e-3, 10), choice("momentum", 0.9, 0.95),
                    choice("beta2", 0.9, 0.95, 0.99), log(DECAY, 1e-3, 1)),
            row("adamuon", 2e-2, log(RATE, 1e-4, 0.1), log("aux_ratio", 1e-3, 10), choice("momentum", 0.9, 0.95), log(DECAY, 1e-3, 1)),
            row("dion", 1e-2, log(RATE, 1e-3, 0.1), log("aux_ratio", 1e-3, 10), choice("rank_fraction", 0.25, 0.5, 1), log(DECAY, 1e-3, 1)),
            row("scion", 1e-3, log(RATE, 1e-4, 0.1), choice("alpha", 0.05, 0.1, 0.2), choice("radius", 1, 3, 10, 50),
                    choice("output_radius", 60, 200, 600, 3000)),
            row("soap", 3e-3, log(RATE, 1e-4, 3e-2), choice("frequency", 1, 10), log(DECAY, 1e-4, 1)),
            likeKl("kl-shampoo"),
            likeKl("kl-soap"),
            row("soap-muon", 3.75e-2, log(RATE, 1e-2, 0.1), log("aux_ratio", 1e-3, 10), choice("beta", 0.9, 0.95),
                    choice("least_ratio", 0, 0.2, 0.3825), choice(DECAY, 0, 0.025, 0.1), choice("frequency", 1, 5)),
            row("shampoo", 1e-2, log(RATE, 1e-3, 0.1), choice("beta2", 0.95, 0.99, 1), choice("matrix_root", 2, 4),
                    log("epsilon", 1e-8, 1e-3), log(DECAY, 1e-3, 1)),
            row("psgd-kron", 1e-3, log(RATE, 1e-4, 1e-2), choice("factor_rate", 0.1, 0.3, 1), log(DECAY, 1e-2, 1)),
            row("kfac", 0.1, log(RATE, 1e-3, 1), log("damping", 1e-4, 1), choice("inverse_steps", 1, 10, 100),
                    choice("kl_clip", 1e-3, Double.POSITIVE_INFINITY)),
            row("mkor", 0.1, log(RATE, 1e-3, 5), complement("momentum", 5e-3, 0.3), choice("inverse_steps", 1, 10),
                    choice("exact", 0, 1), choice("factor_decay", 0.9, 0.95, 0.99)),
            row("mkor-h", 0.1, log(RATE, 1e-3, 5), complement("momentum", 5e-3, 0.3), choice("inverse_steps", 1, 10),
                    choice("factor_decay", 0.9, 0.95, 0.99)),
            row("zo-signsgd", 1e-4, log(RATE, 1e-6, 1e-2), choice("directions", 1, 10, 100), choice("radius", 1e-4, 1e-3, 1e-2)),
            row("ngdiff", 1e-3, log(RATE, 1e-5, 1), choice("momentum", 0, 0.9)));

    /**
     * What a wrapper makes of a rule's box.
     *
     * @param standardRate in place of the rule's; 0: the rule's stays
     * @param dropped axes of the rule that mean nothing here, or something else
     * @param axes before the rule's
     */
    private record Around(String wrapper, double standardRate, List<String> dropped, List<Axis> axes) {
        SearchSpace of(SearchSpace inside) {
            List<Axis> all = new ArrayList<>(axes);
            inside.axes().stream().filter(axis -> !dropped.contains(axis.name())).forEach(all::add);
            return new SearchSpace(inside.optimizer() + "+" + wrapper, standardRate > 0 ? standardRate : inside.standardRate(), all);
        }
    }

    private static final List<Around> WRAPPERS = List.of(
            new Around("cautious", 0, List.of(), List.of()),
            new Around("cautious-decay", 0, List.of(DECAY), List.of(log(DECAY, 1e-3, 1))),
            // The rate is an angle there, and matrices do not decay.
            new Around("hyperball", 0.018, List.of(RATE, DECAY), List.of(log(RATE, 3e-3, 0.1), log("hyperball_others", 1e-2, 10))),
            new Around("grokfast", 0, List.of(), List.of(choice("grokfast_alpha", 0.8, 0.9, 0.98), log("grokfast_strength", 0.1, 5))),
            new Around("grokfast-ma", 0, List.of(), List.of(choice("grokfast_ma_window", 10, 100), log("grokfast_ma_strength", 0.1, 5))),
            new Around("lookahead", 0, List.of(), List.of(choice("lookahead_every", 5, 10), choice("lookahead_alpha", 0.5, 0.8))),
            new Around("ema-nesterov", 0, List.of(), List.of(choice("ema_nesterov_ahead", 0.3, 0.6), choice("ema_nesterov_decay", 0.9, 0.99))),
            new Around("tail-ema", 0, List.of(), List.of(choice("tail_ema_weight", 0.6, 1))));

    private static SearchSpace likeAdam(String optimizer, double standardRate) {
        return row(optimizer, standardRate, log(RATE, 1e-5, 0.1), complement("beta1", 4e-3, 0.5), choice("beta2", 0.95, 0.99, 0.999),
                choice("epsilon", 1e-8, 1e-15), log(DECAY, 1e-4, 1));
    }

    private static SearchSpace likeKl(String optimizer) {
        return row(optimizer, 3e-3, log(RATE, 1e-4, 3e-2), choice("beta1", 0.9, 0.95), choice("beta2", 0.9, 0.95, 0.98),
                choice("frequency", 1, 5, 10), choice("initial", 1e-3, 0.1), log(DECAY, 1e-3, 1));
    }

    private SearchSpaces() {}

    private static SearchSpace row(String optimizer, double standardRate, Axis... axes) {
        return new SearchSpace(optimizer, standardRate, List.of(axes));
    }

    /** The rules that have a row, in the table's order. */
    public static List<String> names() {
        return TABLE.stream().map(SearchSpace::optimizer).toList();
    }

    /**
     * The box of a rule, with what its wrappers make of it.
     *
     * @throws ConfigException if the rule has no row
     */
    public static SearchSpace of(String optimizer) {
        String[] parts = optimizer.split("\\+");
        SearchSpace space = TABLE.stream()
                .filter(row -> row.optimizer().equals(parts[0]))
                .findFirst()
                .orElseThrow(() -> new ConfigException(Names.unknown("search space", parts[0], names())));
        for (String part : List.of(parts).subList(1, parts.length)) {
            space = WRAPPERS.stream()
                    .filter(one -> one.wrapper().equals(part))
                    .findFirst()
                    .orElseThrow(() -> new ConfigException(
                            Names.unknown("search space of a wrapper", part, WRAPPERS.stream().map(Around::wrapper).toList())))
                    .of(space);
        }
        return space;
    }
}
