package io.evolo.meta;

import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.tasks.Rng;

/**
 * What a run will cost, measured on its first outer steps before it begins.
 *
 * @param outerSteps of the whole run
 * @param laneSteps inner steps of one outer step
 * @param outerStepSeconds of one outer step, mean
 * @param validations of the whole run; 0: none
 * @param validationLaneSteps inner steps of one meta-validation
 * @param validationSeconds of one meta-validation; 0 where there is none
 */
public record Forecast(
        int outerSteps, long laneSteps, double outerStepSeconds, int validations, long validationLaneSteps, double validationSeconds) {
    /** Until the compiler has done its part. */
    private static final double WARM_UP_SECONDS = 6;

    private static final double SECONDS = 4;

    /**
     * Makes outer steps and one meta-validation in memory, writes nothing. Takes about ten seconds and one meta-validation, longer where
     * a single outer step does.
     */
    public static Forecast of(Recipe recipe, Execution execution) {
        try (OuterLoop loop = recipe.loop(recipe.families(), execution)) {
            loop.advance();
            pace(loop, WARM_UP_SECONDS);
            Pace pace = pace(loop, SECONDS);
            Validation plan = recipe.validation();
            int steps = recipe.outer().steps();
            return plan.active()
                    ? new Forecast(
                            steps, pace.laneSteps(), pace.seconds(), Math.ceilDiv(steps, plan.every()), plan.laneSteps(),
                            validation(recipe, execution.threads()))
                    : new Forecast(steps, pace.laneSteps(), pace.seconds(), 0, 0, 0);
        }
    }

    /** Seconds of the outer steps and the meta-validations together; the evaluation of the finished package comes on top. */
    public double seconds() {
        return outerSteps * outerStepSeconds + validations * validationSeconds;
    }

    private static double validation(Recipe recipe, int threads) {
        LearnedOptimizer rule = recipe.rule().learned();
        try (MetaValidation problems = new MetaValidation(recipe.validation(), rule, recipe.seed(), threads)) {
            long begin = System.nanoTime();
            problems.of(rule.initTheta(Rng.of(recipe.seed(), "theta")), 0);
            return (System.nanoTime() - begin) * 1e-9;
        }
    }

    /** Of as many outer steps as these seconds hold, at least one. */
    private static Pace pace(OuterLoop loop, double seconds) {
        long begin = System.nanoTime();
        long laneSteps = 0;
        int steps = 0;
        do {
            laneSteps += loop.advance().laneSteps();
            steps++;
        } while ((System.nanoTime() - begin) * 1e-9 < seconds);
        return new Pace(laneSteps / steps, (System.nanoTime() - begin) * 1e-9 / steps);
    }

    /** Of one outer step. */
    private record Pace(long laneSteps, double seconds) {}
}
