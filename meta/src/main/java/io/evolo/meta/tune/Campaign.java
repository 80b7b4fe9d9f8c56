package io.evolo.meta.tune;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The tuning of one rule with one schedule.
 *
 * @param exploration which settings are tried
 */
record Campaign(String optimizer, Annealing annealing, Exploration exploration) {

    /** Those of a plan, by rule, then schedule. */
    static List<Campaign> of(TuningPlan plan) {
        return plan.optimizers().stream().flatMap(name -> of(name, plan)).toList();
    }

    private static Stream<Campaign> of(String name, TuningPlan plan) {
        if (plan.tier() == Tier.LIST) {
            List<Candidate> listed = SettingList.read(Path.of(plan.list()), plan.trials());
            return Stream.of(new Campaign(name, Annealing.LISTED, new FixedExploration(listed)));
        }
        return plan.schedules().stream().map(annealing -> new Campaign(name, annealing, exploration(name, annealing, plan)));
    }

    private static Exploration exploration(String name, Annealing annealing, TuningPlan plan) {
        return switch (plan.tier()) {
            case DEFAULT -> new FixedExploration(List.of(Rules.standard(name, annealing)));
            // The grid overwrites the rate, so that rules without a search space have this tier too.
            case LR -> new RateExploration(Rules.standard(name, annealing, HalfDecades.at(RateExploration.HIGHEST)));
            case RATE_DECAY -> RateDecayExploration.of(Rules.standard(name, annealing, HalfDecades.at(RateExploration.HIGHEST)));
            case SOBOL -> new SobolExploration(Rules.standard(name, annealing), SearchSpaces.of(name), plan.boxTrials());
            case BAYES -> new BayesExploration(Rules.standard(name, annealing), SearchSpaces.of(name), plan.boxTrials());
            case LIST -> throw new AssertionError("a list has schedules of its own");
        };
    }
}
