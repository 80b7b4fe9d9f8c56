package io.evolo.cli.bench;

import io.evolo.cli.bench.BenchReport.LaneSteps;
import io.evolo.meta.EsTrainer;
import io.evolo.meta.LocalExecutor;
import io.evolo.meta.ParticleSpec;
import io.evolo.meta.Recipe;
import io.evolo.optimizers.AdamW;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.tasks.Rng;
import io.evolo.tasks.TaskFamily;
import java.util.List;

/** Whole outer steps of a recipe, on one thread and on two, in turns. */
final class LaneStepBench {
    private static final int ROUNDS = 4;
    private static final int WARM_UP_MILLIS = 3000;
    private static final int ROUND_MILLIS = 700;

    private LaneStepBench() {}

    static List<LaneSteps> run(Recipe recipe, Runnable progress) {
        try (EsTrainer one = trainer(recipe, 1);
                EsTrainer two = trainer(recipe, 2)) {
            perSecond(one, WARM_UP_MILLIS);
            perSecond(two, WARM_UP_MILLIS);
            progress.run();
            double[] onOne = new double[ROUNDS];
            double[] onTwo = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                onOne[round] = perSecond(one, ROUND_MILLIS);
                onTwo[round] = perSecond(two, ROUND_MILLIS);
            }
            progress.run();
            return List.of(
                    new LaneSteps(recipe.name(), 1, Stopwatch.median(onOne)),
                    new LaneSteps(recipe.name(), 2, Stopwatch.median(onTwo)));
        }
    }

    private static EsTrainer trainer(Recipe recipe, int threads) {
        LearnedOptimizer rule = recipe.rule().learned();
        List<TaskFamily> families =
                recipe.tasks().stream().<TaskFamily>map(tasks -> tasks.family()).toList();
        ParticleSpec spec =
                new ParticleSpec(rule, families, recipe.estimation(), recipe.horizon(), recipe.seed());
        return new EsTrainer(
                new LocalExecutor(spec, threads),
                AdamW.of(Schedules.constant(recipe.outer().rate()), recipe.outer().weightDecay()),
                rule.thetaLayout(),
                recipe.outer().steps(),
                rule.initTheta(Rng.of(recipe.seed(), "theta")));
    }

    /** Lane-steps per second over whole outer steps that take about this long, at least one. */
    private static double perSecond(EsTrainer trainer, int millis) {
        long laneSteps = 0;
        long start = System.nanoTime();
        long nanos = 0;
        while (nanos < millis * 1_000_000L) {
            laneSteps += trainer.advance().laneSteps();
            nanos = System.nanoTime() - start;
        }
        return laneSteps / (nanos * 1e-9);
    }
}
