package io.evolo.tasks.analytic;

import io.evolo.tasks.BatchKey;
import io.evolo.tasks.LossNormalizer;
import io.evolo.tasks.Optimizee;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Shape;
import io.evolo.tasks.Task;
import io.evolo.tasks.Work;
import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Twin;
import java.util.List;

/**
 * The mean of (u·vᵀ − a)² over the entries of a matrix a [rows × columns] of known rank, whose entries have variance 1: u is
 * [rows × rank], v is [columns × rank]. Not convex, with a saddle at 0; the least is 0. Batches play no part. The initial values are
 * normal with standard deviation 0.1, so the initial loss is about 1.
 *
 * @param rows at least 1
 * @param columns at least 1
 * @param rank of a and of the product, at least 1
 * @param seed names a
 * @param normalizer from loss to meta-loss
 */
public record MatrixFactorization(int rows, int columns, int rank, long seed, LossNormalizer normalizer) implements Task {

    public MatrixFactorization {
        if (rows < 1 || columns < 1 || rank < 1) {
            throw new IllegalArgumentException("matrix factorisation: " + rows + "×" + columns + " of rank " + rank
                    + ", expected at least 1 each");
        }
    }

    @Override
    public String name() {
        return "factorization-" + rows + "x" + columns + "-r" + rank;
    }

    @Override
    public Work work() {
        return new Work(3.0 * rows * columns * rank, 3.0 * rows * columns);
    }

    @Override
    public ParamLayout layout() {
        return new ParamLayout(List.of(
                ParamSpec.plain("u", Shape.of(rows, rank)), ParamSpec.plain("v", Shape.of(columns, rank))));
    }

    @Override
    public Optimizee open() {
        return new Running(this, Twin.selected());
    }

    private static final class Running implements Optimizee {
        private final float[] target;
        private final float[] difference;
        private final int v;
        private final Gemm product;
        private final Gemm byU;
        private final Gemm byV;

        Running(MatrixFactorization task, Twin twin) {
            int m = task.rows;
            int n = task.columns;
            int r = task.rank;
            v = m * r;
            product = new Gemm(twin, Gemm.Form.NT, m, n, r);
            byU = new Gemm(twin, Gemm.Form.NN, m, r, n);
            byV = new Gemm(twin, Gemm.Form.TN, n, r, m);
            target = new float[m * n];
            difference = new float[m * n];
            float[] factors = new float[(m + n) * r];
            // Entries of variance 1: r products of two factors of variance 1/√r each.
            Rng.of(task.seed, "factorization").fillGaussian(factors, StrictMath.pow(r, -0.25));
            product.multiply(factors, 0, factors, v, target, 0);
        }

        @Override
        public void init(Rng rng, float[] w) {
            rng.fillGaussian(w, 0.1);
        }

        @Override
        public float loss(float[] w, BatchKey key, int step) {
            product.multiply(w, 0, w, v, difference, 0);
            double sum = 0;
            for (int i = 0; i < target.length; i++) {
                difference[i] -= target[i];
                sum += (double) difference[i] * difference[i];
            }
            return (float) (sum / target.length);
        }

        @Override
        public float lossAndGradient(float[] w, BatchKey key, int step, float[] gradient) {
            float loss = loss(w, key, step);
            float factor = 2f / target.length;
            for (int i = 0; i < difference.length; i++) {
                difference[i] *= factor;
            }
            byU.multiply(difference, 0, w, v, gradient, 0);
            byV.multiply(difference, 0, w, 0, gradient, v);
            return loss;
        }
    }
}
