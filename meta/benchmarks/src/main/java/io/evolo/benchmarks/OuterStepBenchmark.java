package io.evolo.benchmarks;

import io.evolo.meta.Estimation;
import io.evolo.meta.Estimator;
import io.evolo.meta.Horizon;
import io.evolo.meta.LocalExecutor;
import io.evolo.meta.MetaLoss;
import io.evolo.meta.ParticleResult;
import io.evolo.meta.ParticleSpec;
import io.evolo.optimizers.learned.Celo2;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Reparametrized;
import io.evolo.tasks.Rng;
import io.evolo.tasks.TaskFamily;
import io.evolo.tasks.data.DataSpec;
import java.util.Collections;
import java.util.List;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Celo2's meta-training load: 4 tasks of 8 pairs, MLP 64-32-10, batch 64, truncation 50, theta moving by nothing. The score is
 * lane-steps per second, perturbation, binding and new inner problems included. With {@code -prof gc}: what is allocated per
 * lane-step is the share of a truncation's few arrays.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC"})
public class OuterStepBenchmark {
    private static final int TASKS = 4;
    private static final int PAIRS = 8;
    private static final int TRUNCATION = 50;
    private static final int LANE_STEPS = TASKS * PAIRS * 2 * TRUNCATION;

    @Param({"1", "2"})
    int threads;

    private LocalExecutor executor;
    private float[] theta;
    private int outerStep;

    @Setup
    public void prepare() {
        LearnedOptimizer rule = Celo2.base();
        NetworkFamily mlp = NetworkFamily.of(Mlp.of(1), 32, 64, Parametrization.standard(), DataSpec.strokes(8).load());
        TaskFamily family = new Reparametrized.Family(mlp, Reparametrized.Level.GLOBAL, 0.001, 1000);
        Estimation estimation = new Estimation(Estimator.PES, 0.01, PAIRS, TRUNCATION, MetaLoss.MEAN, 100);
        executor = new LocalExecutor(
                new ParticleSpec(rule, Collections.nCopies(TASKS, family), estimation, new Horizon(100, 2000, 2000), 1), threads);
        theta = rule.initTheta(Rng.of(1, "theta"));
    }

    @Benchmark
    @OperationsPerInvocation(LANE_STEPS)
    public List<ParticleResult> laneSteps() {
        return executor.advance(theta, outerStep++);
    }

    @TearDown
    public void close() {
        executor.close();
    }
}
