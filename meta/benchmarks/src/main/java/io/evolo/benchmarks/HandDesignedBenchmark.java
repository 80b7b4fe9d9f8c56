package io.evolo.benchmarks;

import io.evolo.optimizers.designed.AdamW;
import io.evolo.optimizers.GlobalNormClip;
import io.evolo.optimizers.designed.Momentum;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedule;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.Sgd;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A step of a hand-designed rule beside a copy of the gradient, what memory allows: scalar loops that the compiler vectorises. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class HandDesignedBenchmark {

    /** Parameters; 118,282 fit the second-level cache with Adam's moments. */
    @Param({"118282", "4000000"})
    int parameters;

    private final Schedule rate = Schedules.constant(1e-3);
    private final Optimizer sgd = new Sgd(rate, 0);
    private final Optimizer momentum = Momentum.of(rate, 0.9, 0);
    private final Optimizer adamW = AdamW.of(rate, 0.01);
    private final Optimizer clipped = new GlobalNormClip(adamW, 0.5);
    private OptimizerState sgdState;
    private OptimizerState momentumState;
    private OptimizerState adamWState;
    private OptimizerState clippedState;
    private Step step;
    private float[] copy;

    @Setup
    public void prepare() {
        ParamLayout layout = new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(parameters))));
        step = new Step(new float[parameters], new float[parameters]);
        Rng.of(1, "params").fillGaussian(step.params(), 1);
        Rng.of(1, "gradient").fillGaussian(step.gradient(), 1);
        copy = new float[parameters];
        sgdState = sgd.init(layout, 1000);
        momentumState = momentum.init(layout, 1000);
        adamWState = adamW.init(layout, 1000);
        clippedState = clipped.init(layout, 1000);
    }

    @Benchmark
    public float[] copy() {
        System.arraycopy(step.gradient(), 0, copy, 0, parameters);
        return copy;
    }

    @Benchmark
    public void sgd() {
        sgd.step(sgdState, step);
    }

    @Benchmark
    public void momentum() {
        momentum.step(momentumState, step);
    }

    @Benchmark
    public void adamW() {
        adamW.step(adamWState, step);
    }

    @Benchmark
    public void clippedAdamW() {
        clipped.step(clippedState, step);
    }
}
