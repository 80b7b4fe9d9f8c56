package io.evolo.benchmarks;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;
import io.evolo.tasks.NetworkOptimizee;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Split;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.kernels.Twin;
import java.util.Arrays;
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
 * Forward and backward of one inner step, with the copying of its batch: what a lane does beside the learned update. Celo's task is
 * 64-32-10 with batches of 64 (side 8, width 32, depth 1). Run it with {@code -prof gc}: it must allocate nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class InnerStepBenchmark {

    /** Side of the images, width, depth and batch size. */
    @Param({"8 32 1 64", "8 32 2 64", "28 128 3 128"})
    String size;

    @Param("VECTOR")
    Twin twin;

    private final BatchKey key = BatchKey.of(Split.TRAIN, 1, "batches");
    private NetworkOptimizee optimizee;
    private float[] w;
    private float[] gradient;
    private int step;

    @Setup
    public void prepare() {
        int[] numbers = Arrays.stream(size.split(" ")).mapToInt(Integer::parseInt).toArray();
        NetworkFamily family = NetworkFamily.of(Mlp.of(numbers[2]), numbers[1], numbers[3], Parametrization.standard(), DataSpec.strokes(numbers[0]).load());
        NetworkTask task = family.sample(Rng.of(1, "task"));
        optimizee = task.open(twin);
        w = new float[task.layout().size()];
        gradient = new float[w.length];
        optimizee.init(Rng.of(1, "init"), w);
    }

    @Benchmark
    public float lossAndGradient() {
        return optimizee.lossAndGradient(w, key, step++, gradient);
    }

    @Benchmark
    public float loss() {
        return optimizee.loss(w, key, step++);
    }
}
