package io.evolo.meta.tune;

import io.evolo.meta.Checks;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One setting of a rule that tuning tries. Two are the same trial if they are equal: that is how a ledger knows what is done.
 *
 * @param optimizer name of the rule
 * @param annealing what becomes of the rate
 * @param values the rule's hyperparameters, all of them, defaults included, with the learning rate under {@link #RATE}
 */
public record Candidate(String optimizer, Annealing annealing, SortedMap<String, Double> values) implements Serializable {
    /** Where the learning rate (constant, or the peak) stands among the values. */
    public static final String RATE = "rate";
    /** Where a rule's own weight decay stands, if it has one. */
    public static final String DECAY = "weight_decay";
    /**
     * Where the rate of the rule that moves what the matrix rule does not is given as a part of the rate: that of a wrapper stands before
     * that of the rule inside.
     */
    public static final List<String> AUXILIARY_RATES = List.of("hyperball_others", "aux_ratio");

    public Candidate {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
        Checks.that(values.containsKey(RATE), "values", values.keySet(), "a learning rate under '" + RATE + "'");
    }

    /** What a learned optimizer stands under: its own rate, taken once. */
    static Candidate untuned(String name) {
        return new Candidate(name, Annealing.CONSTANT, new TreeMap<>(Map.of(RATE, 1.0)));
    }

    /** The learning rate, constant or the peak. */
    public double rate() {
        return values.get(RATE);
    }

    /** The same but for one value. */
    public Candidate with(String name, double value) {
        SortedMap<String, Double> changed = new TreeMap<>(values);
        changed.put(name, value);
        return new Candidate(optimizer, annealing, changed);
    }
}
