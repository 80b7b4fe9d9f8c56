package io.evolo.meta;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.NamedTensor;
import io.evolo.checkpoints.ShippedPackages;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.Packages;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Default;
import io.evolo.tasks.Rng;
import io.evolo.tasks.TaskFamily;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A whole meta-training run as a value.
 *
 * @param name of the recipe and of the package that it makes: 1 to 100 letters, digits and {@code . _ -}, not {@code best}
 * @param seed everything random in the run is a function of it
 * @param rule what is meta-trained
 * @param tasks on what; every entry gets {@code estimation.pairs} particles, and all count alike
 * @param estimation how the meta-gradient is estimated
 * @param horizon how long inner problems run
 * @param outer how theta moves
 * @param saving when the run writes
 * @param validation how the run watches what it is for, and chooses the theta that its package gets
 * @param evaluation what the package is measured on at the end
 * @param init a package whose theta the run begins from, a file or a name as {@link Packages#load(String)} takes it; empty: a fresh one
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
        @Default("{}") Validation validation,
        @Default("{}") EvaluationGrid evaluation,
        @Default("\"\"") String init) {

    public Recipe {
        tasks = List.copyOf(tasks);
        Checks.that(
                name.matches("[A-Za-z0-9._-]{1,100}") && !name.equals(MetaRun.BEST_NAME),
                "name",
                "'" + name + "'",
                "at most 100 letters, digits and . _ -, as for a file, and not '" + MetaRun.BEST_NAME + "', which every run has");
        Checks.that(!tasks.isEmpty(), "number of tasks", 0, "at least 1");
        Checks.that(
                !estimation.imitation().active() || outer.search() == Outer.Search.GRADIENT,
                "estimation.imitation.expert",
                estimation.imitation().expert(),
                "none, for CMA-ES knows no expert");
        if (outer.search() == Outer.Search.CMA_ES) {
            requireWholeProblems(estimation, horizon);
        }
        requireOneKind(tasks.getFirst(), validation.problems());
        ThetaMask.of(rule.learned().thetaLayout(), outer.frozen()); // refuses names that theta does not have
    }

    /** CMA-ES counts whole inner problems, each begun at its first step. */
    private static void requireWholeProblems(Estimation estimation, Horizon horizon) {
        String reason = ", for CMA-ES runs whole inner problems";
        Checks.that(
                estimation.estimator() == Estimator.PES, "estimation.estimator", estimation.estimator(), "the default, pes" + reason);
        Checks.that(
                estimation.truncation() == Estimation.TRUNCATION, "estimation.truncation", estimation.truncation(),
                "the default, " + Estimation.TRUNCATION + reason);
        Checks.that(horizon.stagger() == 0, "horizon.stagger", horizon.stagger(), "0" + reason);
    }

    /** What is evolved under muP is not judged under the standard parametrization, nor the other way round. */
    private static void requireOneKind(Tasks first, List<HeldOut> problems) {
        for (int i = 0; i < problems.size(); i++) {
            Tasks task = problems.get(i).task();
            if (first.kind() instanceof ScaledFamily && task.kind() instanceof ScaledFamily) {
                Checks.that(
                        task.parametrization() == first.parametrization(),
                        "validation.problems[" + i + "].task.parametrization",
                        task.parametrization().name().toLowerCase(Locale.ROOT),
                        first.parametrization().name().toLowerCase(Locale.ROOT) + " as the first task has it");
            }
        }
    }

    /** The same run on other images. */
    public Recipe on(String source) {
        return on(any -> source);
    }

    /**
     * The same run on other data.
     *
     * @param source from the name of a source to that of the one in its place
     */
    public Recipe on(UnaryOperator<String> source) {
        List<Tasks> others = tasks.stream().map(task -> task.on(source)).toList();
        return new Recipe(name, seed, rule, others, estimation, horizon, outer, saving, validation, evaluation, init);
    }

    /**
     * The same run, begun from a package's theta.
     *
     * @param nameOrFile a file is kept as absolute, so that the run can be resumed from elsewhere
     */
    public Recipe from(String nameOrFile) {
        String from = ShippedPackages.names().contains(nameOrFile)
                ? nameOrFile
                : Path.of(nameOrFile).toAbsolutePath().normalize().toString();
        return new Recipe(name, seed, rule, tasks, estimation, horizon, outer, saving, validation, evaluation, from);
    }

    /**
     * The same with the step time that budgets of its tasks need and do not have yet. A resolved recipe has it, so that a run draws the
     * same tasks wherever it goes on.
     *
     * @param time asked only if needed
     */
    public Recipe measuredBy(Supplier<StepTime> time) {
        List<Tasks> timed = tasks.stream().map(task -> task.measuredBy(time)).toList();
        return new Recipe(name, seed, rule, timed, estimation, horizon, outer, saving, validation, evaluation, init);
    }

    /** The tasks of every entry, with their data loaded; without augmentation. */
    public List<TaskFamily> families() {
        return tasks.stream().map(Tasks::family).toList();
    }

    /**
     * What its particles have in common.
     *
     * @param families this recipe's {@link #families}
     */
    public ParticleSpec particles(List<TaskFamily> families) {
        List<TaskFamily> augmented = IntStream.range(0, tasks.size())
                .mapToObj(i -> tasks.get(i).augmented(families.get(i)))
                .toList();
        return new ParticleSpec(rule.learned(), augmented, estimation, horizon, seed, outer.frozen());
    }

    /** The run in memory on threads of this process; see {@link #loop(List, Execution)}. */
    public OuterLoop loop(List<TaskFamily> families, int threads) {
        return loop(families, Execution.local(threads));
    }

    /** Theta before the first outer step: the rule's own beginning, or that of the package it goes on from. */
    float[] beginning() {
        LearnedOptimizer learned = rule.learned();
        return init.isEmpty() ? learned.initTheta(Rng.of(seed, "theta")) : thetaOf(init, learned);
    }

    /**
     * The run in memory, before its first outer step.
     *
     * @param families this recipe's {@link #families}
     * @throws ConfigException if the executor cannot run this recipe, or this process has not the heap for it
     */
    public OuterLoop loop(List<TaskFamily> families, Execution execution) {
        ParticleSpec spec = particles(families);
        if (execution.isLocal() && outer.search() == Outer.Search.GRADIENT) {
            Footprint.ofRun(spec, spec.families()).require();
        }
        LearnedOptimizer learned = spec.rule();
        float[] theta = beginning();
        return switch (outer.search()) {
            case GRADIENT -> new EsTrainer(
                    execution.open(this, spec), outer.optimizer(), learned.thetaLayout(), outer.steps(), theta, spec.mask(),
                    estimation.imitation());
            case CMA_ES -> new CmaTrainer(spec, theta, localThreads(execution));
        };
    }

    private static int localThreads(Execution execution) {
        if (!execution.isLocal()) {
            throw new ConfigException("the recipe searches by CMA-ES (outer.search), which runs on threads of this process alone, not on"
                    + " executor '" + execution.executor() + "'; leave --executor out");
        }
        return execution.threads();
    }

    /**
     * A package's theta, for a rule whose theta has the same tensors; its hyperparameters may be others.
     *
     * @throws CheckpointException if the file is not good, or its theta is of other tensors
     */
    private static float[] thetaOf(String file, LearnedOptimizer learned) {
        LearnedOptimizerPackage loaded = Packages.load(file);
        List<NamedTensor> expected = learned.thetaLayout().specs().stream()
                .map(spec -> new NamedTensor(spec.name(), spec.shape().axes()))
                .toList();
        if (!loaded.thetaTensors().equals(expected)) {
            throw new CheckpointException(file + ": theta is made of " + loaded.thetaTensors() + ", but the recipe's rule has " + expected
                    + "; begin from a package of the same rule and sizes");
        }
        return loaded.theta();
    }
}
