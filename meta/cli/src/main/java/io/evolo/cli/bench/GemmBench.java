package io.evolo.cli.bench;

import io.evolo.cli.bench.BenchReport.GemmShare;
import io.evolo.tasks.Rng;
import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Twin;
import java.util.ArrayList;
import java.util.List;

/** Products of a training step with batch 128 on 784-128-128 units, as shares of the peak. */
final class GemmBench {
    static final int PRODUCTS = 6;

    private GemmBench() {}

    /** The square products that do not fit the caches, by their side. */
    static final int[] LARGE = {512, 1024, 2048};

    /** Square products, forward. */
    static List<GemmShare> large(Runnable progress) {
        List<GemmShare> shares = new ArrayList<>();
        for (int n : LARGE) {
            shares.add(share(Gemm.Form.NN, n, n, n));
            progress.run();
        }
        return shares;
    }

    static List<GemmShare> run(Runnable progress) {
        List<GemmShare> shares = new ArrayList<>();
        for (int fanIn : new int[] {784, 128}) {
            shares.add(share(Gemm.Form.NN, 128, fanIn, 128)); // the output
            progress.run();
            shares.add(share(Gemm.Form.NT, 128, 128, fanIn)); // the gradient of the input
            progress.run();
            shares.add(share(Gemm.Form.TN, fanIn, 128, 128)); // the gradient of the weights
            progress.run();
        }
        return shares;
    }

    private static GemmShare share(Gemm.Form form, int m, int k, int n) {
        Gemm gemm = new Gemm(Twin.selected(), form, m, n, k);
        float[] a = random(m * k);
        float[] b = random(k * n);
        float[] c = new float[m * n];
        double share = Stopwatch.shareOfPeak(gemm.flops(), () -> gemm.multiply(a, 0, b, 0, c, 0));
        return new GemmShare(m, k, n, form.name(), share);
    }

    private static float[] random(int size) {
        float[] values = new float[size];
        Rng.of(1, "bench").fillGaussian(values, 1);
        return values;
    }
}
