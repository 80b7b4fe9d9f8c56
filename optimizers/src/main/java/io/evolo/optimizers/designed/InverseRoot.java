package io.evolo.optimizers.designed;

import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.SymmetricEigen;
import io.evolo.tasks.kernels.Twin;

/** Negative powers of symmetric matrices [n, n], by eigenvectors. Holds working memory: belongs to one thread. */
final class InverseRoot {
    private final int n;
    private final SymmetricEigen eigen;
    private final Gemm product;
    private final float[] vectors;
    private final float[] scaled;
    private final float[] values;

    InverseRoot(int n) {
        this.n = n;
        this.eigen = new SymmetricEigen(n);
        this.product = new Gemm(Twin.selected(), Form.NT, n, n, n);
        this.vectors = new float[n * n];
        this.scaled = new float[n * n];
        this.values = new float[n];
    }

    /** y = (factor·x + εI)^−power; where rounding leaves an eigenvalue below ε, all are raised until the least one is ε. */
    void apply(float[] x, int at, double factor, double epsilon, double power, float[] y) {
        eigen.decompose(x, at, vectors, 0, values, 0);
        double raised = Math.max(0, -values[n - 1]);
        for (int j = 0; j < n; j++) {
            // Not a number stays one.
            double value = factor * (values[j] + raised) + epsilon;
            float weight = (float) Powers.real(value, -power);
            for (int i = 0; i < n; i++) {
                scaled[i * n + j] = vectors[i * n + j] * weight;
            }
        }
        product.multiply(scaled, 0, vectors, 0, y, at);
    }
}
