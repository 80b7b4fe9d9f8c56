package io.evolo.meta.evaluation;

import io.evolo.meta.tune.TuningRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which of the tuned rules are really one on a cell's task: Muon is AdamW where there is no matrix between hidden units. One of them is
 * tuned and scored there, the others are named.
 *
 * @param tuned the rules that are themselves or stand for the others, in order
 * @param really by the names of all rules that are not themselves: which rule they are
 * @param scoredAs by the names of those that are left out: the one of {@code tuned} that is the same
 */
record Twins(List<String> tuned, Map<String, String> really, Map<String, String> scoredAs) {

    static Twins of(List<String> rules, TuningRun run) {
        List<String> tuned = new ArrayList<>();
        Map<String, String> really = new LinkedHashMap<>();
        Map<String, String> scoredAs = new LinkedHashMap<>();
        Map<String, String> first = new LinkedHashMap<>(); // of the tuned ones, by what it really is
        for (String rule : rules) {
            Optional<String> other = run.objection(rule).isEmpty() ? run.amountsTo(rule) : Optional.empty();
            if (other.isEmpty()) {
                tuned.add(rule);
                continue;
            }
            really.put(rule, other.get());
            String scored = rules.contains(other.get()) ? other.get() : first.computeIfAbsent(other.get(), key -> rule);
            if (scored.equals(rule)) {
                tuned.add(rule);
            } else {
                scoredAs.put(rule, scored);
            }
        }
        return new Twins(tuned, really, scoredAs);
    }
}
