package io.evolo.meta;

import io.evolo.meta.config.Default;
import java.util.List;

/**
 * A whole meta-training run as a value.
 *
 * @param name of the recipe and of the package that it makes
 * @param seed everything random in the run is a function of it
 * @param rule what is meta-trained
 * @param tasks on what; every entry gets {@code estimation.pairs} particles, and all count alike
 * @param estimation how the meta-gradient is estimated
 * @param horizon how long inner problems run
 * @param outer how theta moves
 * @param saving when the run writes
 * @param evaluation what the package is measured on at the end
 */
public record Recipe(
        String name,
        @Default("1") long seed,
        Rule rule,
        List<Tasks> tasks,
        @Default("{}") Estimation estimation,
        Horizon horizon,
        Outer outer,
        @Default("{}") Saving saving,
        @Default("{}") EvaluationGrid evaluation) {

    public Recipe {
        tasks = List.copyOf(tasks);
        Checks.that(!tasks.isEmpty(), "number of tasks", 0, "at least 1");
    }

    /** The same run on other images. */
    public Recipe on(String source) {
        List<Tasks> others = tasks.stream().map(task -> task.on(source)).toList();
        return new Recipe(name, seed, rule, others, estimation, horizon, outer, saving, evaluation);
    }
}
