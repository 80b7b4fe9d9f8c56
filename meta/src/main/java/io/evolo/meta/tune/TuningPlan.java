package io.evolo.meta.tune;

import io.evolo.meta.Checks;
import io.evolo.meta.Tasks;
import io.evolo.optimizers.RuleName;
import io.evolo.schema.Default;
import java.util.List;

/**
 * A whole tuning run as a value.
 *
 * @param optimizers names of hand-designed rules, at least one; with tier {@link Tier#DEFAULT} values may follow ({@code soap:rate=0.01})
 * @param tier how much tuning each gets
 * @param list file of settings, for tier {@link Tier#LIST}; else empty
 * @param trials settings per rule, for tiers {@link Tier#SOBOL}, {@link Tier#BAYES} and {@link Tier#LIST}; 0: 64, 30, or the whole list
 * @param schedules every rule is tuned with each, and each is a result of its own; not for tier {@link Tier#LIST}
 * @param tuningSeeds seeds per setting while tuning; 0: the tier's own
 * @param seeds fresh seeds that the chosen setting is judged on
 * @param select which loss tuning chooses by
 * @param stability whether to sweep learning rate, momentum and weight decay around the chosen setting
 * @param steps inner steps of every trial
 * @param examples of each part that losses are measured on
 * @param seed everything random in the run is a function of it
 * @param task what is trained
 */
public record TuningPlan(
        List<String> optimizers,
        @Default("lr") Tier tier,
        @Default("\"\"") String list,
        @Default("0") int trials,
        @Default("[constant, cosine]") List<Annealing> schedules,
        @Default("0") int tuningSeeds,
        @Default("5") int seeds,
        @Default("valid") Selection select,
        @Default("false") boolean stability,
        @Default("1000") int steps,
        @Default("2000") int examples,
        @Default("1") long seed,
        @Default("{}") Tasks task) {
    private static final int SOBOL_TRIALS = 64;
    private static final int BAYES_TRIALS = 30;

    public TuningPlan {
        optimizers = List.copyOf(optimizers);
        schedules = List.copyOf(schedules);
        Checks.that(!optimizers.isEmpty(), "optimizers", "empty", "at least one");
        for (String name : optimizers) {
            Rules.requireKnown(name);
            Checks.that(
                    tier == Tier.DEFAULT || RuleName.parse(name).hyperparameters().isEmpty(),
                    "optimizers",
                    name,
                    "no fixed values but with tier default, for what is fixed is not tuned");
        }
        Checks.that(optimizers.stream().distinct().count() == optimizers.size(), "optimizers", optimizers, "each once");
        Checks.that(list.isEmpty() == (tier != Tier.LIST), "list", "'" + list + "'", "a file with tier list, and none without");
        Checks.that(
                tier != Tier.LIST || optimizers.equals(List.of(SettingList.OPTIMIZER)),
                "optimizers",
                optimizers,
                SettingList.OPTIMIZER + ", which the list's settings are of");
        Checks.that(trials >= 0, "trials", trials, "at least 0");
        Checks.that(
                trials == 0 || tier.isOfBox() || tier == Tier.LIST,
                "trials",
                trials,
                "0 for tier " + tier + ", which has as many as it has");
        Checks.that(
                !schedules.isEmpty() && !schedules.contains(Annealing.LISTED), "schedules", schedules, "constant, cosine or both");
        Checks.that(tuningSeeds >= 0, "tuningSeeds", tuningSeeds, "at least 1, or 0 for the tier's own");
        Checks.that(seeds >= 1, "seeds", seeds, "at least 1");
        Checks.that(steps >= 1, "steps", steps, "at least 1");
        Checks.that(examples >= 1, "examples", examples, "at least 1");
    }

    int boxTrials() {
        return trials > 0 ? trials : tier == Tier.BAYES ? BAYES_TRIALS : SOBOL_TRIALS;
    }

    /** Seeds that every setting is tried with. */
    public int seedsWhileTuning() {
        return tuningSeeds == 0 ? tier.tuningSeeds() : tuningSeeds;
    }
}
