package io.evolo.benchmarks;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
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

/**
 * A step of each hand-designed rule that reads gradients alone, beside a copy of the gradient. The bytes that Adam must move are 28 per
 * parameter (it reads parameter, gradient and two moments and writes all but the gradient), those of the copy 8.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class HandDesignedBenchmark {
    private static final String COPY = "copy";

    @Param({
        COPY, "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "rmsprop-tf", "adam", "adamw", "nadam", "nadamw", "nadamw-velo",
        "adafactor", "adafactor-kempner", "lion", "signum", "adalayer", "adalayer-last", "lars", "larc", "lamb", "lamb-paper", "tvlars",
        "adam-exp-clip", "schedule-free-adamw", "prodigy", "ademamix", "muon", "soap"
    })
    String rule;

    /** 118,282: a 784-128-128-10 network, in the second-level cache; 10,000,000: matrices of 1,000 by 1,000, in memory. */
    @Param({"118282", "10000000"})
    int parameters;

    private Runnable work;

    @Setup
    public void prepare() {
        ParamLayout layout = parameters == 118282 ? network() : matrices(parameters / 1_000_000);
        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        Rng.of(1, "params").fillGaussian(step.params(), 0.1);
        Rng.of(1, "gradient").fillGaussian(step.gradient(), 0.01);
        if (rule.equals(COPY)) {
            float[] copy = new float[layout.size()];
            work = () -> System.arraycopy(step.gradient(), 0, copy, 0, copy.length);
            return;
        }
        Optimizer optimizer = HandDesigned.named(rule, Schedules.constant(1e-5));
        OptimizerState state = optimizer.init(layout, 1_000_000);
        work = () -> optimizer.step(state, step.at(1));
    }

    private static ParamLayout network() {
        return new ParamLayout(List.of(
                ParamSpec.plain("w1", Shape.of(784, 128)),
                ParamSpec.plain("b1", Shape.of(128)),
                ParamSpec.plain("w2", Shape.of(128, 128)),
                ParamSpec.plain("b2", Shape.of(128)),
                ParamSpec.plain("w3", Shape.of(128, 10)),
                ParamSpec.plain("b3", Shape.of(10))));
    }

    private static ParamLayout matrices(int count) {
        List<ParamSpec> specs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            specs.add(ParamSpec.plain("w" + i, Shape.of(1000, 1000)));
        }
        return new ParamLayout(specs);
    }

    @Benchmark
    public void step() {
        work.run();
    }
}
