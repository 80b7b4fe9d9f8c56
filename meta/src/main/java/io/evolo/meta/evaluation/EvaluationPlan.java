package io.evolo.meta.evaluation;

import io.evolo.meta.config.Default;
import io.evolo.meta.tune.Annealing;
import io.evolo.meta.tune.Selection;
import io.evolo.meta.tune.Tier;
import io.evolo.meta.tune.TuningPlan;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A suite and how it is run, as a value.
 *
 * @param name of the suite
 * @param tuned hand-designed rules that get their best of 15 learning rates, constant and cosine, in every cell; {@code adam} first, for
 *     its curves are the unit of the scores
 * @param untuned hand-designed rules that run once, at their reference's setting with the cosine
 * @param tuningSeeds per setting
 * @param seeds fresh ones, per optimizer and cell, at least 2
 * @param select which loss tuning chooses by
 * @param examples of each part that final losses are measured on
 * @param seed everything random is a function of it
 * @param cells at least one
 */
public record EvaluationPlan(
        String name,
        @Default("[adam]") List<String> tuned,
        @Default("[]") List<String> untuned,
        @Default("2") int tuningSeeds,
        @Default("5") int seeds,
        @Default("train") Selection select,
        @Default("2000") int examples,
        @Default("1") long seed,
        List<Cell> cells) {
    /** Whose learning curves make the unit. */
    public static final String UNIT = "adam";

    public EvaluationPlan {
        tuned = List.copyOf(tuned);
        untuned = List.copyOf(untuned);
        cells = List.copyOf(cells);
        require(!tuned.isEmpty() && tuned.getFirst().equals(UNIT), "tuned is " + tuned + ", expected adam first: it is the unit");
        require(seeds >= 2, "seeds is " + seeds + ", expected at least 2, or there is no uncertainty to state");
        require(!cells.isEmpty(), "cells is empty, expected at least one");
        Set<String> directories = new HashSet<>();
        for (Cell cell : cells) {
            require(directories.add(cell.directory()), "cell '" + cell.name() + "' stands twice, expected each name once");
        }
    }

    /** The same on other data, prepared alike. */
    public EvaluationPlan on(String source) {
        List<Cell> others = cells.stream().map(cell -> cell.on(source)).toList();
        return new EvaluationPlan(name, tuned, untuned, tuningSeeds, seeds, select, examples, seed, others);
    }

    TuningPlan tuning(Cell cell) {
        return plan(cell, tuned, Tier.LR, List.of(Annealing.CONSTANT, Annealing.COSINE));
    }

    TuningPlan standard(Cell cell) {
        return plan(cell, untuned, Tier.DEFAULT, List.of(Annealing.COSINE));
    }

    private TuningPlan plan(Cell cell, List<String> rules, Tier tier, List<Annealing> schedules) {
        int perSetting = tier == Tier.DEFAULT ? 1 : tuningSeeds;
        return new TuningPlan(
                rules, tier, "", 0, schedules, perSetting, seeds, select, false, cell.steps(), examples, seed, cell.task());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
