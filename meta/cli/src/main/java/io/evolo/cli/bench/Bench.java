package io.evolo.cli.bench;

import io.evolo.cli.bench.BenchReport.GemmShare;
import io.evolo.cli.bench.BenchReport.LaneSteps;
import io.evolo.cli.bench.BenchReport.RuleTime;
import io.evolo.meta.Recipe;
import io.evolo.tasks.kernels.FmaPeak;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Measures this machine: in under a minute, or in full. */
public final class Bench {
    private Bench() {}

    /** How often {@link #run} calls its listener. */
    public static int measurements(Map<String, Recipe> recipes, boolean full) {
        int all = 2 + RuleBench.RULES + GemmBench.PRODUCTS + 2 * recipes.size();
        return full ? all + GemmBench.LARGE.length + MatrixBench.MATRICES : all;
    }

    /**
     * @param recipes whose lane-steps are counted, by the names that they are to have
     * @param full whether also large products and decompositions
     * @param progress called after every measurement
     */
    public static BenchReport run(Map<String, Recipe> recipes, boolean full, Runnable progress) {
        double peak = FmaPeak.gigaflops(500);
        progress.run();
        double copy = CopyBench.gigabytesPerSecond();
        progress.run();
        List<RuleTime> rules = RuleBench.run(progress);
        List<GemmShare> products = new ArrayList<>(GemmBench.run(progress));
        List<LaneSteps> laneSteps = new ArrayList<>();
        recipes.forEach((name, recipe) -> laneSteps.addAll(LaneStepBench.run(name, recipe, progress)));
        if (full) {
            products.addAll(GemmBench.large(progress));
        }
        return new BenchReport(
                BenchReport.Machine.here(),
                peak,
                copy,
                rules,
                products,
                laneSteps,
                full ? MatrixBench.qr(progress) : List.of(),
                full ? MatrixBench.eigen(progress) : List.of(),
                full ? MatrixBench.newtonSchulz(progress) : List.of());
    }
}
