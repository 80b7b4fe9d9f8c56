package io.evolo.benchmarks;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.learned.Celo;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.SmallFc;
import io.evolo.optimizers.learned.Velo;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.FmaPeak;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A learned step on the parameters of an MLP, one thread. After every iteration two counters tell of the fastest step:
 * {@code nanosPerParameter}, and {@code percentOfPeak}, its nominal rate (the floating-point operations of the rule's network as it
 * is written down, not of what the fused kernels leave of it) as a share of the FMA peak measured right then. JMH adds counters up
 * over the iterations: its last table shows the sums, the lines of the iterations the values. The aims on AVX-512, for small_fc with
 * 32 hidden units on the 118,282 parameters of 784-128-128-10: at most 45 ns, at least 60%, a twelfth of the plain twin's time; for
 * celo2: at most 16 ns, for celo: at most 20, for velo on a million parameters: at most 40 above its recurrent network's. Run it with {@code -prof gc}: it must allocate nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 6, time = 2)
@Measurement(iterations = 3, time = 1)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class LearnedStepBenchmark {

    /** Rule and hidden units. */
    @Param({"small_fc 32", "small_fc 4", "celo2 8", "celo 4", "velo 4", "mlp_lopt 32"})
    String rule;

    /** The MLP's widths; 64-32-10 is celo2's meta-training task, 784-640-640-128-10 has a million parameters. */
    @Param({"784 128 128 10", "64 32 10", "784 640 640 128 10"})
    String network;

    @Param({"VECTOR", "PLAIN"})
    Twin twin;

    private Optimizer optimizer;
    private OptimizerState state;
    private Step step;
    private double flops;

    @Setup
    public void prepare() {
        String[] words = rule.split(" ");
        int hidden = Integer.parseInt(words[1]);
        LearnedOptimizer learned = switch (words[0]) {
            case "small_fc" -> SmallFc.of(hidden);
            case "celo2" -> new Celo2(hidden, false, new Celo2.ByNetwork(), Schedules.constant(0.001), 0);
            case "celo", "velo", "mlp_lopt" -> LearnedOptimizers.of(words[0], Map.of("hidden", (double) hidden));
            default -> throw new IllegalArgumentException("no rule '" + words[0] + "'; expected one of the parameter's");
        };
        ParamLayout layout = mlp(Arrays.stream(network.split(" ")).mapToInt(Integer::parseInt).toArray());
        optimizer = learned.bind(learned.initTheta(Rng.of(1, "theta")), twin);
        state = optimizer.init(layout, 1000);
        step = new Step(new float[layout.size()], new float[layout.size()]);
        Rng.of(1, "params").fillGaussian(step.params(), 0.1);
        Rng.of(1, "gradient").fillGaussian(step.gradient(), 0.01);
        flops = 2.0 * layout.size() * weights(learned, hidden);
    }

    private static ParamLayout mlp(int[] widths) {
        List<ParamSpec> specs = new ArrayList<>();
        for (int i = 1; i < widths.length; i++) {
            specs.add(ParamSpec.plain("w" + i, Shape.of(widths[i - 1], widths[i])));
            specs.add(ParamSpec.plain("b" + i, Shape.of(widths[i])));
        }
        return new ParamLayout(specs);
    }

    /** Of the network for one element. */
    private static int weights(LearnedOptimizer rule, int hidden) {
        return switch (rule) {
            case Velo velo -> 30 * hidden + hidden * hidden + 3 * hidden;
            case Celo celo -> 30 * hidden + hidden * hidden + 3 * hidden;
            default -> rule.thetaLayout().specs().stream()
                    .map(ParamSpec::shape)
                    .filter(shape -> shape.rank() == 2)
                    .mapToInt(Shape::size)
                    .sum();
        };
    }

    @Benchmark
    public void step(Fastest fastest) {
        long begin = System.nanoTime();
        optimizer.step(state, step);
        fastest.took(System.nanoTime() - begin, this);
    }

    /** Tells of the fastest step; on a busy machine the mean tells of neighbours. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Fastest {
        private static final int PEAK_MILLIS = 100;

        public double nanosPerParameter;

        /** Nominal share of the FMA peak. */
        public double percentOfPeak;

        private double nanos;
        private LearnedStepBenchmark benchmark;

        void took(long stepNanos, LearnedStepBenchmark by) {
            nanos = Math.min(nanos, stepNanos);
            benchmark = by;
        }

        @Setup(Level.Iteration)
        public void begin() {
            nanos = Double.POSITIVE_INFINITY;
        }

        @TearDown(Level.Iteration)
        public void end() {
            nanosPerParameter = nanos / benchmark.step.params().length;
            percentOfPeak = 100 * benchmark.flops / nanos / FmaPeak.gigaflops(PEAK_MILLIS);
        }
    }
}
