package io.evolo.benchmarks;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Signals;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.tasks.BatchKey;
import io.evolo.tasks.NetworkOptimizee;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Steps of the rules that see layers, matrices and losses, on a network of 64-128-128-10 (26,122 parameters) with batches of 64. An
 * operation is one of 20 steps in a row, so that what happens at every tenth step counts with its share.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class LayeredRuleBenchmark {
    private static final int STEPS = 20;

    /** Name, and hyperparameters as the command line has them. */
    @Param({
        "adamw", "momentum", "muon", "soap", "kfac:factor_steps=10,inverse_steps=10", "kfac:factor_steps=10,inverse_steps=10,inverse=1",
        "mkor", "mkor:exact=1", "mkor-h", "zo-signsgd"
    })
    String rule;

    private Optimizer optimizer;
    private OptimizerState state;
    private Step step;
    private NetworkOptimizee optimizee;
    private BatchKey batches;

    @Setup
    public void prepare() {
        NetworkTask task = NetworkFamily.of(Mlp.of(2), 128, 64, Parametrization.standard(), DataSpec.strokes(8).load())
                .sample(Rng.of(1, "task"));
        optimizee = task.open();
        batches = BatchKey.of(Split.TRAIN, 1, "batches");
        float[] w = new float[task.layout().size()];
        optimizee.init(Rng.of(1, "init"), w);
        step = new Step(w, new float[w.length],
                new Signals(optimizee.denseSignals(), List.of(other -> optimizee.loss(other, batches, 0)), new float[0]));
        optimizer = made();
        state = optimizer.init(task.layout(), 1000);
        step.at(optimizee.lossAndGradient(w, batches, 0, step.gradient()));
        long floats = 0;
        for (int i = 0; i < state.slots(); i++) {
            floats += state.slot(i).length;
        }
        System.out.printf("%n%s: %d parameters, %.2f state bytes per parameter%n", rule, w.length, 4.0 * floats / w.length);
    }

    private Optimizer made() {
        String[] nameAndHyper = rule.split(":", 2);
        Map<String, Double> hyperparameters = new HashMap<>();
        for (String setting : nameAndHyper.length == 1 ? new String[0] : nameAndHyper[1].split(",")) {
            hyperparameters.put(setting.split("=")[0], Double.valueOf(setting.split("=")[1]));
        }
        // A rate that moves nothing: the signals stay those of the parameters, however many steps are made.
        return HandDesigned.of(nameAndHyper[0], hyperparameters, Schedules.constant(1e-12));
    }

    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void steps() {
        for (int i = 0; i < STEPS; i++) {
            optimizer.step(state, step);
        }
    }
}
