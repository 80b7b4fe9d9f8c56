package io.evolo.meta.cma;

import io.evolo.tasks.kernels.SymmetricEigen;

/** A symmetric matrix [n, n] and its root, made anew after each update: some 17·n³ operations. */
final class FullCovariance implements Covariance {
    /** Eigenvalues below this part of the largest are taken for it: rounding has made them. */
    private static final double LEAST = 1e-14;

    private final int n;
    private final double[] c;
    private final double[] root;
    private final double[] vectors;
    private final double[] values;
    private final SymmetricEigen eigen;

    FullCovariance(int n) {
        this.n = n;
        this.c = new double[n * n];
        this.root = new double[n * n];
        this.vectors = new double[n * n];
        this.values = new double[n];
        this.eigen = new SymmetricEigen(n);
        for (int i = 0; i < n; i++) {
            c[i * n + i] = 1;
            root[i * n + i] = 1;
        }
    }

    @Override
    public double[] shape(double[] z) {
        double[] y = new double[n];
        for (int i = 0; i < n; i++) {
            double sum = 0;
            for (int j = 0; j < n; j++) {
                sum += root[i * n + j] * z[j];
            }
            y[i] = sum;
        }
        return y;
    }

    @Override
    public void update(double keep, double c1, double[] p, double[] rates, double[][] y) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = keep * c[i * n + j] + c1 * p[i] * p[j];
                for (int k = 0; k < rates.length; k++) {
                    sum += rates[k] * y[k][i] * y[k][j];
                }
                c[i * n + j] = sum;
                c[j * n + i] = sum;
            }
        }
        restored();
    }

    /** The root Σ √λ_k·v_k·v_kᵀ. */
    @Override
    public void restored() {
        eigen.decompose(c, vectors, values);
        for (int k = 0; k < n; k++) {
            values[k] = Math.sqrt(Math.max(values[k], LEAST * values[0]));
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = 0; k < n; k++) {
                    sum += vectors[i * n + k] * values[k] * vectors[j * n + k];
                }
                root[i * n + j] = sum;
                root[j * n + i] = sum;
            }
        }
    }

    @Override
    public double[] values() {
        return c;
    }
}
