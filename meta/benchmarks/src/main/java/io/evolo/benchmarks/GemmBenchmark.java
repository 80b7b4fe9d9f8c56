package io.evolo.benchmarks;

import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Twin;
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
 * Matrix products of forward and backward. After every iteration the counter {@code percentOfPeak} gives the fastest products' rate
 * as a share of the FMA peak, measured right then; the aim is 60 or more at the shapes of 128 and above. JMH adds the counter up over
 * the iterations: its last table shows the sum, and the lines of the iterations the shares.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class GemmBenchmark {
    private static final int REPEATS = 20;

    /** Rows, columns and depth of the product. */
    @Param({
        "NN 128 128 784", "NN 128 128 128", "TN 784 128 128", "TN 128 128 128", "NT 128 784 128", "NT 128 128 128", "NN 64 32 64",
        "NN 64 10 32", "NT 64 32 10", "TN 64 32 64", "TN 32 10 64"
    })
    String product;

    @Param("VECTOR")
    Twin twin;

    private Gemm gemm;
    private float[] a;
    private float[] b;
    private float[] c;

    @Setup
    public void prepare() {
        String[] words = product.split(" ");
        int rows = Integer.parseInt(words[1]);
        int columns = Integer.parseInt(words[2]);
        int depth = Integer.parseInt(words[3]);
        gemm = new Gemm(twin, Gemm.Form.valueOf(words[0]), rows, columns, depth);
        a = new float[rows * depth];
        b = new float[depth * columns];
        c = new float[rows * columns];
        Rng.of(1, "a").fillGaussian(a, 1);
        Rng.of(1, "b").fillGaussian(b, 1);
    }

    @Benchmark
    @OperationsPerInvocation(REPEATS)
    public float[] multiply(PeakShare share) {
        long begin = System.nanoTime();
        for (int i = 0; i < REPEATS; i++) {
            gemm.multiply(a, 0, b, 0, c, 0);
        }
        share.fastest(REPEATS * gemm.flops() / (System.nanoTime() - begin));
        return c;
    }
}
