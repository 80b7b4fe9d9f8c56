package io.evolo.meta.tune;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.designed.HandDesigned;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The hand-designed rules as tuning sees them: hyperparameters by name, the learning rate among them. */
final class Rules {
    private Rules() {}

    /** The reference implementation's hyperparameters at a learning rate. */
    static Candidate standard(String name, Annealing annealing, double rate) {
        SortedMap<String, Double> values = new TreeMap<>();
        HandDesigned.hyperparameters(name).forEach(one -> values.put(one.name(), one.standard()));
        values.put(Candidate.RATE, rate);
        return new Candidate(name, annealing, values);
    }

    /** Whether the rule takes this value; it has no say in its learning rate. */
    static boolean allows(String optimizer, String hyperparameter, double value) {
        return HandDesigned.hyperparameters(optimizer).stream()
                .filter(one -> one.name().equals(hyperparameter))
                .allMatch(one -> one.contains(value));
    }

    /** @throws IllegalArgumentException if a value is out of the rule's range; the message names it */
    static Optimizer optimizer(Candidate candidate) {
        Map<String, Double> own = new TreeMap<>(candidate.values());
        own.keySet().removeIf(name -> name.equals(Candidate.RATE) || SettingList.isOfSchedule(name));
        return HandDesigned.of(candidate.optimizer(), own, candidate.annealing().of(candidate));
    }
}
