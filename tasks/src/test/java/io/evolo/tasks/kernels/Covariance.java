package io.evolo.tasks.kernels;

import io.evolo.tasks.Rng;

/** Symmetric matrices for tests. */
final class Covariance {
    private Covariance() {}

    /** Mean outer product [n, n] of {@code rank} Gaussian vectors; 0 for none. */
    static float[] of(int n, int rank) {
        float[] g = new float[Math.max(1, rank) * n];
        Rng.of(2, "rows", n).fillGaussian(g, 1);
        float[] x = new float[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int row = 0; row < rank; row++) {
                    sum += (double) g[row * n + i] * g[row * n + j];
                }
                x[i * n + j] = (float) (sum / Math.max(1, rank));
            }
        }
        return x;
    }
}
