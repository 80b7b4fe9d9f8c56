package io.evolo.meta;

import io.evolo.meta.config.Default;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.tasks.Rng;
import io.evolo.tasks.TaskFamily;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A whole meta-training run as a value.
 *
 * @param name of the recipe and of the package that it makes: letters, digits and {@code . _ -}
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
        Checks.that(name.matches("[A-Za-z0-9._-]+"), "name", "'" + name + "'", "letters, digits and . _ -, as for a file");
        Checks.that(!tasks.isEmpty(), "number of tasks", 0, "at least 1");
    }

    /** The same run on other images. */
    public Recipe on(String source) {
        List<Tasks> others = tasks.stream().map(task -> task.on(source)).toList();
        return new Recipe(name, seed, rule, others, estimation, horizon, outer, saving, evaluation);
    }

    /** The tasks of every entry, with their data loaded; without augmentation. */
    public List<TaskFamily> families() {
        return tasks.stream().map(Tasks::family).toList();
    }

    /**
     * The run in memory, before its first outer step.
     *
     * @param families this recipe's {@link #families}
     */
    public OuterLoop loop(List<TaskFamily> families, int threads) {
        List<TaskFamily> augmented = IntStream.range(0, tasks.size())
                .mapToObj(i -> tasks.get(i).reparametrize().of(families.get(i)))
                .toList();
        LearnedOptimizer learned = rule.learned();
        ParticleSpec spec = new ParticleSpec(learned, augmented, estimation, horizon, seed);
        float[] theta = learned.initTheta(Rng.of(seed, "theta"));
        return switch (outer.search()) {
            case GRADIENT -> new EsTrainer(
                    new LocalExecutor(spec, threads), outer.optimizer(), learned.thetaLayout(), outer.steps(), theta);
            case CMA_ES -> new CmaTrainer(spec, theta, threads);
        };
    }
}
