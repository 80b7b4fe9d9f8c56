package io.evolo.meta.evaluation;

import io.evolo.meta.tune.Annealing;
import io.evolo.meta.tune.DesignedRule;
import io.evolo.meta.tune.Selection;
import io.evolo.meta.tune.Tier;
import io.evolo.meta.tune.TuningPlan;
import io.evolo.optimizers.RuleName;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.schema.Default;
import io.evolo.schema.Names;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A suite and how it is run, as a value.
 *
 * @param name of the suite
 * @param tuned hand-designed rules that are tuned with the cosine in every cell; {@code adam} first, which gets its best of 15 learning
 *     rates at constant rates too, for those curves are the unit of the scores
 * @param tier how much tuning those but the first get; its weight decay is 0
 * @param untuned hand-designed rules that run once, at their reference's setting with the cosine, or at the values that
 *     follow their name ({@code soap:rate=0.01})
 * @param untunedConstant the same at a constant rate, for those that anneal by averaging
 * @param tuningSeeds per setting
 * @param seeds fresh ones, per optimizer and cell, at least 2
 * @param select which loss tuning chooses by
 * @param bothEnds whether tuning chooses by the other loss too, from the same budget; that choice is judged for tables of its own
 * @param examples of each part that final losses are measured on
 * @param seed everything random is a function of it
 * @param observed names of the cells in which one more run of every optimizer is looked at closely, and learned rules are run without
 *     single inputs: twice as many runs as a learned rule has kinds of inputs
 * @param leftOut what belongs to the suite and cannot be measured here, a line each
 * @param cells at least one
 */
public record EvaluationPlan(
        String name,
        @Default("[adam, adamw, muon, soap]") List<String> tuned,
        @Default("lr") Tier tier,
        @Default("[prodigy]") List<String> untuned,
        @Default("[schedule-free-adamw]") List<String> untunedConstant,
        @Default("2") int tuningSeeds,
        @Default("5") int seeds,
        @Default("train") Selection select,
        @Default("false") boolean bothEnds,
        @Default("2000") int examples,
        @Default("1") long seed,
        @Default("[]") List<String> observed,
        @Default("[]") List<String> leftOut,
        List<Cell> cells) {
    /** Whose learning curves make the unit. */
    public static final String UNIT = "adam";

    public EvaluationPlan {
        tuned = List.copyOf(tuned);
        untuned = List.copyOf(untuned);
        untunedConstant = List.copyOf(untunedConstant);
        observed = List.copyOf(observed);
        leftOut = List.copyOf(leftOut);
        cells = List.copyOf(cells);
        require(!tuned.isEmpty() && tuned.getFirst().equals(UNIT), "tuned is " + tuned + ", expected adam first: it is the unit");
        require(tier == Tier.LR || tier == Tier.RATE_DECAY, "tier is " + tier + ", expected lr or rate_decay");
        for (String rule : tuned) {
            require(
                    RuleName.withoutHyperparameters(rule).equals(rule),
                    "tuned has '" + rule + "', expected rules without values: those with fixed ones belong to untuned");
            HandDesigned.requireKnown(rule);
        }
        both(untuned, untunedConstant).forEach(DesignedRule::fixed);
        require(seeds >= 2, "seeds is " + seeds + ", expected at least 2, or there is no uncertainty to state");
        require(!cells.isEmpty(), "cells is empty, expected at least one");
        Set<String> directories = new HashSet<>();
        for (Cell cell : cells) {
            require(directories.add(cell.directory()), "cell '" + cell.name() + "' stands twice, expected each name once");
        }
        List<String> names = cells.stream().map(Cell::name).toList();
        for (String one : observed) {
            require(names.contains(one), "observed: " + Names.unknown("cell", one, names));
        }
    }

    /** The same on other data, prepared alike. */
    public EvaluationPlan on(String source) {
        List<Cell> others = cells.stream().map(cell -> cell.on(source)).toList();
        return new EvaluationPlan(
                name, tuned, tier, untuned, untunedConstant, tuningSeeds, seeds, select, bothEnds, examples, seed, observed, leftOut, others);
    }

    /** With more rules that run once with the cosine; those that are there already stay once. */
    public EvaluationPlan with(List<String> rules) {
        return new EvaluationPlan(
                name, tuned, tier, both(untuned, rules).stream().distinct().toList(), untunedConstant, tuningSeeds, seeds, select, bothEnds,
                examples, seed, observed, leftOut, cells);
    }

    /** The cells of both, compared as this one says. */
    public EvaluationPlan and(EvaluationPlan other) {
        return new EvaluationPlan(
                name + " and " + other.name,
                tuned,
                tier,
                untuned,
                untunedConstant,
                tuningSeeds,
                seeds,
                select,
                bothEnds,
                examples,
                seed,
                both(observed, other.observed),
                both(leftOut, other.leftOut),
                both(cells, other.cells));
    }

    private static <T> List<T> both(List<T> some, List<T> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    boolean observes(Cell cell) {
        return observed.contains(cell.name());
    }

    /** By which losses tuning chooses; the plan's own first. */
    List<Selection> selections() {
        return bothEnds ? Stream.concat(Stream.of(select), Stream.of(Selection.values())).distinct().toList() : List.of(select);
    }

    /** Of the rule whose curves are the unit. */
    TuningPlan unit(Cell cell) {
        return unit(cell, select);
    }

    TuningPlan unit(Cell cell, Selection by) {
        return plan(cell, List.of(UNIT), Tier.LR, List.of(Annealing.CONSTANT, Annealing.COSINE), by);
    }

    TuningPlan plan(Cell cell, List<String> rules, Tier how, List<Annealing> schedules, Selection by) {
        int perSetting = how == Tier.DEFAULT ? 1 : tuningSeeds;
        return new TuningPlan(
                rules, how, "", 0, schedules, perSetting, seeds, by, false, cell.steps(), examples, seed, cell.task());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
