package io.evolo.meta.tune;

import io.evolo.meta.Checks;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.RuleName;
import io.evolo.optimizers.designed.HandDesigned;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The hand-designed rules as tuning sees them: hyperparameters by name, the learning rate among them. */
final class Rules {
    private Rules() {}

    /**
     * The reference implementation's hyperparameters at a learning rate, but for those values that stand behind the name.
     *
     * @param name of a rule, or of one with fixed values as {@code soap:rate=0.01}, which keeps them in its name
     */
    static Candidate standard(String name, Annealing annealing, double rate) {
        RuleName rule = RuleName.parse(name);
        SortedMap<String, Double> values = new TreeMap<>();
        HandDesigned.hyperparameters(rule.name()).forEach(one -> values.put(one.name(), one.standard()));
        values.put(Candidate.RATE, rate);
        values.putAll(rule.hyperparameters());
        return new Candidate(name, annealing, values);
    }

    /** At the rate that its box says, where it has none of its own. */
    static Candidate standard(String name, Annealing annealing) {
        RuleName rule = RuleName.parse(name);
        Double own = rule.hyperparameters().get(Candidate.RATE);
        return standard(name, annealing, own == null ? SearchSpaces.of(rule.name()).standardRate() : own);
    }

    /**
     * Refuses what is no rule, and fixed values that the rule does not take.
     *
     * @throws IllegalArgumentException with the nearest name, or the value's range
     */
    static void requireKnown(String name) {
        RuleName rule = RuleName.parse(name);
        HandDesigned.requireKnown(rule.name());
        double rate = rule.hyperparameters().getOrDefault(Candidate.RATE, 1.0);
        Checks.that(rate > 0 && Double.isFinite(rate), "rate of " + name, rate, "a positive number");
        optimizer(standard(name, Annealing.CONSTANT, rate));
    }

    /** Whether the rule takes this value; it has no say in its learning rate. */
    static boolean allows(String optimizer, String hyperparameter, double value) {
        return HandDesigned.hyperparameters(RuleName.withoutHyperparameters(optimizer)).stream()
                .filter(one -> one.name().equals(hyperparameter))
                .allMatch(one -> one.contains(value));
    }

    /** @throws IllegalArgumentException if a value is out of the rule's range; the message names it */
    static Optimizer optimizer(Candidate candidate) {
        Map<String, Double> own = new TreeMap<>(candidate.values());
        own.keySet().removeIf(name -> name.equals(Candidate.RATE) || SettingList.isOfSchedule(name));
        return HandDesigned.of(RuleName.withoutHyperparameters(candidate.optimizer()), own, candidate.annealing().of(candidate));
    }
}
