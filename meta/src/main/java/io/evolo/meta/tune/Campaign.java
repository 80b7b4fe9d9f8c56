package io.evolo.meta.tune;

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
            return Stream.of(new Campaign(name, Annealing.LISTED, new FixedExploration(SettingList.read(plan))));
        }
        return plan.schedules().stream().map(annealing -> new Campaign(name, annealing, exploration(name, annealing, plan)));
    }

    private static Exploration exploration(String name, Annealing annealing, TuningPlan plan) {
        Candidate standard = Rules.standard(name, annealing);
        return switch (plan.tier()) {
            case DEFAULT -> new FixedExploration(List.of(standard));
            case LR -> new RateExploration(standard);
            case SOBOL -> new SobolExploration(standard, SearchSpaces.of(name), plan.sobolTrials());
            case LIST -> throw new AssertionError("a list has schedules of its own");
        };
    }
}
