package io.evolo.tasks.analytic;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.Task;
import java.util.List;
import java.util.Locale;

/**
 * ½·Σ λ_i·z_i² / Σ λ_i with z = Q·(w − w*): a quadratic of chosen eigenvalues, turned out of the coordinates' axes by the product Q of
 * three Householder reflections. Both w* and the initial w are standard normal, so the expected initial loss is 1; the least is 0.
 * Batches play no part. A step costs O(n).
 *
 * @param dimension n, at least 1
 * @param spectrum how the eigenvalues lie
 * @param condition the ratio of the largest to the least, at least 1
 * @param seed names the optimum and the reflections
 * @param normalizer from loss to meta-loss
 */
public record Quadratic(int dimension, Spectrum spectrum, double condition, long seed, LossNormalizer normalizer) implements Task {
    private static final int REFLECTIONS = 3;

    public Quadratic {
        if (dimension < 1 || !(condition >= 1) || Double.isInfinite(condition)) {
            throw new IllegalArgumentException("quadratic: dimension " + dimension + " and condition " + condition
                    + ", expected at least 1 and finite");
        }
    }

    @Override
    public String name() {
        return "quadratic-" + dimension + "-" + spectrum.name().toLowerCase(Locale.ROOT) + "-" + Math.round(condition);
    }

    @Override
    public ParamLayout layout() {
        return new ParamLayout(List.of(ParamSpec.plain("w", Shape.of(dimension))));
    }

    @Override
    public Optimizee open() {
        return new Running(this);
    }

    private static final class Running implements Optimizee {
        private final double[] weights; // λ / Σλ
        private final double[][] mirrors; // unit vectors
        private final double[] optimum;
        private final double[] z;

        Running(Quadratic task) {
            int n = task.dimension;
            weights = task.spectrum.values(n, task.condition);
            double sum = 0;
            for (double value : weights) {
                sum += value;
            }
            for (int i = 0; i < n; i++) {
                weights[i] /= sum;
            }
            optimum = normals(Rng.of(task.seed, "quadratic-optimum"), n);
            mirrors = new double[REFLECTIONS][];
            for (int k = 0; k < REFLECTIONS; k++) {
                mirrors[k] = normals(Rng.of(task.seed, "quadratic-mirror", k), n);
                double norm = Math.sqrt(dot(mirrors[k], mirrors[k]));
                for (int i = 0; i < n; i++) {
                    mirrors[k][i] /= norm;
                }
            }
            z = new double[n];
        }

        private static double[] normals(Rng rng, int n) {
            double[] out = new double[n];
            for (int i = 0; i < n; i++) {
                out[i] = rng.gaussian();
            }
            return out;
        }

        private static double dot(double[] a, double[] b) {
            double sum = 0;
            for (int i = 0; i < a.length; i++) {
                sum += a[i] * b[i];
            }
            return sum;
        }

        /** z ← z − 2·v·(v·z). */
        private void reflect(double[] v) {
            double twice = 2 * dot(v, z);
            for (int i = 0; i < z.length; i++) {
                z[i] -= twice * v[i];
            }
        }

        @Override
        public void init(Rng rng, float[] w) {
            rng.fillGaussian(w, 1);
        }

        @Override
        public float loss(float[] w, BatchKey key, int step) {
            for (int i = 0; i < z.length; i++) {
                z[i] = w[i] - optimum[i];
            }
            for (int k = 0; k < REFLECTIONS; k++) {
                reflect(mirrors[k]);
            }
            double sum = 0;
            for (int i = 0; i < z.length; i++) {
                sum += weights[i] * z[i] * z[i];
            }
            return (float) (sum / 2);
        }

        @Override
        public float lossAndGradient(float[] w, BatchKey key, int step, float[] gradient) {
            float loss = loss(w, key, step);
            for (int i = 0; i < z.length; i++) {
                z[i] *= weights[i];
            }
            for (int k = REFLECTIONS - 1; k >= 0; k--) {
                reflect(mirrors[k]);
            }
            for (int i = 0; i < z.length; i++) {
                gradient[i] = (float) z[i];
            }
            return loss;
        }
    }
}
