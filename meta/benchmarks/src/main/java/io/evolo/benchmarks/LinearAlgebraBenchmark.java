package io.evolo.benchmarks;

import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Cholesky;
import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.NewtonSchulz;
import io.evolo.tasks.kernels.Qr;
import io.evolo.tasks.kernels.SymmetricEigen;
import io.evolo.tasks.kernels.Twin;
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
 * Decompositions of square matrices: bases by QR, eigenvectors of a Gram matrix, the inverse of a shifted one; and Muon's
 * orthogonalisation of a matrix [4n, n]. The counter
 * {@code percentOfPeak} is that of {@link GemmBenchmark}; it counts 8/3·n³ operations for QR with Q, n³ for an inverse, 9·n³ for
 * eigenvectors, and whole products for the orthogonalisation.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class LinearAlgebraBenchmark {

    @Param({"128", "512", "1024"})
    int n;

    @Param("VECTOR")
    Twin twin;

    private Qr qr;
    private SymmetricEigen eigen;
    private Cholesky cholesky;
    private NewtonSchulz newtonSchulz;
    private float[] oblong;
    private float[] matrix;
    private float[] gram;
    private float[] result;

    @Setup
    public void prepare() {
        qr = new Qr(twin, n, n);
        eigen = new SymmetricEigen(n);
        cholesky = new Cholesky(twin, n);
        newtonSchulz = new NewtonSchulz(twin, NewtonSchulz.Iteration.muon(1e-7f), 4 * n, n);
        oblong = new float[4 * n * n];
        Rng.of(1, "oblong").fillGaussian(oblong, 1);
        matrix = new float[n * n];
        gram = new float[n * n];
        result = new float[n * n];
        Rng.of(1, "matrix").fillGaussian(matrix, 1 / Math.sqrt(n));
        Gemm.symmetric(twin, Gemm.Form.NT, n, n).multiply(matrix, 0, matrix, 0, gram, 0);
    }

    @Benchmark
    public float[] qr(PeakShare share) {
        return measured(share, qr.flops(), () -> qr.orthonormalize(matrix, 0, result, 0));
    }

    @Benchmark
    public float[] eigenvectors(PeakShare share) {
        return measured(share, 9.0 * n * n * n, () -> eigen.decompose(gram, 0, result, 0, new float[0], 0));
    }

    @Benchmark
    public float[] inverse(PeakShare share) {
        return measured(share, 1.0 * n * n * n, () -> cholesky.invertShifted(gram, 0, 0.1, result, 0));
    }

    /** Of what the last one left, which is as orthogonal as it gets: that takes no less time. */
    @Benchmark
    public float[] orthogonalized(PeakShare share) {
        return measured(share, newtonSchulz.flops(), () -> newtonSchulz.apply(oblong, 0));
    }

    private float[] measured(PeakShare share, double flops, Runnable work) {
        long begin = System.nanoTime();
        work.run();
        share.fastest(flops / (System.nanoTime() - begin));
        return result;
    }
}
