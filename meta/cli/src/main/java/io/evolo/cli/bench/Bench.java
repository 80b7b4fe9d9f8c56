package io.evolo.cli.bench;

import io.evolo.meta.Recipe;
import io.evolo.tasks.kernels.FmaPeak;

/** Measures this machine, in under a minute. */
public final class Bench {
    /** How often {@link #run} calls its listener. */
    public static final int MEASUREMENTS = 2 + RuleBench.RULES + GemmBench.PRODUCTS + 2;

    private Bench() {}

    /**
     * @param recipe whose lane-steps are counted
     * @param progress called after every measurement
     */
    public static BenchReport run(Recipe recipe, Runnable progress) {
        double peak = FmaPeak.gigaflops(500);
        progress.run();
        double copy = CopyBench.gigabytesPerSecond();
        progress.run();
        return new BenchReport(
                BenchReport.Machine.here(),
                peak,
                copy,
                RuleBench.run(progress),
                GemmBench.run(progress),
                LaneStepBench.run(recipe, progress));
    }
}
