package io.evolo.cli.bench;

import io.evolo.cli.bench.BenchReport.LaneSteps;
import io.evolo.meta.OuterLoop;
import io.evolo.meta.Recipe;
import io.evolo.tasks.TaskFamily;
import java.util.List;

/** Whole outer steps of a recipe, on one thread and on two, in turns. */
final class LaneStepBench {
    private static final int ROUNDS = 3;
    private static final int WARM_UP_MILLIS = 1200;
    private static final int ROUND_MILLIS = 400;

    private LaneStepBench() {}

    /** @param name of the rule */
    static List<LaneSteps> run(String name, Recipe recipe, Runnable progress) {
        List<TaskFamily> families = recipe.families();
        try (OuterLoop one = recipe.loop(families, 1);
                OuterLoop two = recipe.loop(families, 2)) {
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
                    new LaneSteps(name, 1, Stopwatch.median(onOne)),
                    new LaneSteps(name, 2, Stopwatch.median(onTwo)));
        }
    }

    /** Lane-steps per second over whole outer steps that take about this long, at least one. */
    private static double perSecond(OuterLoop loop, int millis) {
        long laneSteps = 0;
        long start = System.nanoTime();
        long nanos = 0;
        while (nanos < millis * 1_000_000L) {
            laneSteps += loop.advance().laneSteps();
            nanos = System.nanoTime() - start;
        }
        return laneSteps / (nanos * 1e-9);
    }
}
