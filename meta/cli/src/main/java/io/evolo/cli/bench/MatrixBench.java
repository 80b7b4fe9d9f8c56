package io.evolo.cli.bench;

import io.evolo.cli.bench.BenchReport.MatrixShare;
import io.evolo.cli.bench.BenchReport.OblongShare;
import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.NewtonSchulz;
import io.evolo.tasks.kernels.Qr;
import io.evolo.tasks.kernels.SymmetricEigen;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;

/** Decompositions and orthogonalisation of float matrices, as shares of the peak. */
final class MatrixBench {
    private static final int[] SIDES = {128, 512, 1024};
    private static final int[][] OBLONG = {{512, 512}, {2048, 512}, {2048, 2048}};
    static final int MATRICES = 2 * SIDES.length + OBLONG.length;

    private MatrixBench() {}

    /** Counted as 8/3·n³. */
    static List<MatrixShare> qr(Runnable progress) {
        List<MatrixShare> shares = new ArrayList<>();
        for (int n : SIDES) {
            Qr qr = new Qr(Twin.selected(), n, n);
            float[] x = random(n * n);
            float[] q = new float[n * n];
            shares.add(new MatrixShare(n, Stopwatch.shareOfPeak(qr.flops(), () -> qr.orthonormalize(x, 0, q, 0))));
            progress.run();
        }
        return shares;
    }

    /** Of covariances; counted as 9·n³. */
    static List<MatrixShare> eigen(Runnable progress) {
        List<MatrixShare> shares = new ArrayList<>();
        for (int n : SIDES) {
            SymmetricEigen eigen = new SymmetricEigen(n);
            float[] x = new float[n * n];
            float[] rows = random(n * n);
            Gemm.symmetric(Twin.selected(), Gemm.Form.TN, n, n).multiply(rows, 0, rows, 0, x, 0);
            float[] q = new float[n * n];
            Runnable decompose = () -> eigen.decompose(x, 0, q, 0, new float[0], 0);
            shares.add(new MatrixShare(n, Stopwatch.shareOfPeak(9.0 * n * n * n, decompose)));
            progress.run();
        }
        return shares;
    }

    /** Muon's five steps, counted as 4n²m + 2n³ each, with n the shorter side. */
    static List<OblongShare> newtonSchulz(Runnable progress) {
        List<OblongShare> shares = new ArrayList<>();
        for (int[] size : OBLONG) {
            NewtonSchulz kernel = new NewtonSchulz(Twin.selected(), NewtonSchulz.Iteration.muon(1e-7f), size[0], size[1]);
            float[] x = random(size[0] * size[1]);
            float[] y = new float[x.length];
            Runnable orthogonalize = () -> {
                System.arraycopy(x, 0, y, 0, x.length);
                kernel.apply(y, 0);
            };
            shares.add(new OblongShare(size[0], size[1], Stopwatch.shareOfPeak(kernel.flops(), orthogonalize)));
            progress.run();
        }
        return shares;
    }

    private static float[] random(int size) {
        float[] values = new float[size];
        Rng.of(1, "bench").fillGaussian(values, 1);
        return values;
    }
}
