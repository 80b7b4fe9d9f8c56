package io.evolo.meta.evaluation;

import io.evolo.meta.Contender;
import io.evolo.meta.Parametrizations;
import io.evolo.optimizers.Optimizer;
import io.evolo.tasks.Parametrization;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleFunction;

/**
 * A learned optimizer that enters an evaluation.
 *
 * @param name for tables; no hand-designed rule has it
 * @param parametrizations of the networks that it was meta-trained on, which it meets here too
 * @param facts where it comes from: hashes, compute, versions
 * @param ablations the same rule with a part of its inputs taken away each
 * @param atRate the same rule under the cosine with this peak rate, if its rate is to be found in every cell as the rivals' is
 */
public record Entrant(
        String name,
        Optimizer optimizer,
        Parametrizations parametrizations,
        SortedMap<String, String> facts,
        List<Ablation> ablations,
        Optional<DoubleFunction<Optimizer>> atRate) {

    public Entrant {
        facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
        ablations = List.copyOf(ablations);
    }

    /** Of which nothing but the rule is known. */
    public static Entrant of(String name, Optimizer optimizer, Parametrization parametrization) {
        return new Entrant(name, optimizer, Parametrizations.of(parametrization), new TreeMap<>(), List.of(), Optional.empty());
    }

    /** As it is judged at a rate that was found for it; what it would be without its inputs is known at its own rate only. */
    Entrant at(double rate) {
        return new Entrant(name, atRate.orElseThrow().apply(rate), parametrizations, facts, List.of(), atRate);
    }

    /** How the cell's networks scale for it. */
    Parametrization in(Cell cell) {
        return parametrizations.of(cell.task());
    }

    Contender contender(Cell cell) {
        return new Contender(name, optimizer, in(cell).kind());
    }

    /**
     * A rule that does without something.
     *
     * @param input what was taken away
     */
    public record Ablation(String input, Optimizer optimizer) {}
}
