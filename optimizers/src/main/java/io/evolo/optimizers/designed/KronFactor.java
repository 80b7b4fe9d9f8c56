package io.evolo.optimizers.designed;

import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.Twin;
import java.util.Arrays;

/** The factor Q of one axis of a tensor in {@link PsgdKron}. Holds working memory: belongs to one thread. */
sealed interface KronFactor {
    /** What denominators are at least. */
    float SMALLEST = Float.MIN_NORMAL;

    /** Where Q begins in its slot. */
    int at();

    /** Values of Q. */
    int size();

    /** Q = scale·I. */
    void set(float[] q, float scale);

    /** Qx along this axis; returns whether it stands at yAt, else at xAt. */
    boolean multiply(float[] q, float[] x, int xAt, int yAt);

    /** Qᵀx along this axis; returns whether it stands at yAt, else at xAt. */
    boolean multiplyTransposed(float[] q, float[] x, int xAt, int yAt);

    /** x ← Q⁻ᵀx along this axis. */
    void solveTransposed(float[] q, float[] x, int xAt);

    /** Q ← Q − rate·(what whitens A and leaves B white), A and B lying in x. */
    void follow(float[] q, float rate, float[] x, int aAt, int bAt);

    /** The largest entry of Q, by size. */
    default float largest(float[] q) {
        return largest(q, at(), size());
    }

    private static float largest(float[] x, int at, int size) {
        float largest = 0;
        for (int i = at; i < at + size; i++) {
            largest = Math.max(largest, Math.abs(x[i]));
        }
        return largest;
    }

    /** Q ← factor·Q. */
    default void scale(float[] q, float factor) {
        for (int i = at(); i < at() + size(); i++) {
            q[i] *= factor;
        }
    }

    /** A diagonal [n]. */
    final class Diagonal implements KronFactor {
        private final TensorAxis axis;
        private final int at;
        private final float[] inverses;
        private final double[] a;
        private final double[] b;

        Diagonal(TensorAxis axis, int at) {
            this.axis = axis;
            this.at = at;
            this.inverses = new float[axis.n()];
            this.a = new double[axis.n()];
            this.b = new double[axis.n()];
        }

        @Override
        public int at() {
            return at;
        }

        @Override
        public int size() {
            return axis.n();
        }

        @Override
        public void set(float[] q, float scale) {
            Arrays.fill(q, at, at + axis.n(), scale);
        }

        @Override
        public boolean multiply(float[] q, float[] x, int xAt, int yAt) {
            axis.scale(q, at, x, xAt);
            return false;
        }

        @Override
        public boolean multiplyTransposed(float[] q, float[] x, int xAt, int yAt) {
            return multiply(q, x, xAt, yAt);
        }

        @Override
        public void solveTransposed(float[] q, float[] x, int xAt) {
            for (int i = 0; i < axis.n(); i++) {
                inverses[i] = 1 / q[at + i];
            }
            axis.scale(inverses, 0, x, xAt);
        }

        @Override
        public void follow(float[] q, float rate, float[] x, int aAt, int bAt) {
            axis.squares(x, aAt, a);
            axis.squares(x, bAt, b);
            double most = SMALLEST;
            for (int i = 0; i < axis.n(); i++) {
                most = Math.max(most, a[i] + b[i]);
            }
            for (int i = 0; i < axis.n(); i++) {
                q[at + i] -= (float) (rate * (a[i] - b[i]) / most) * q[at + i];
            }
        }
    }

    /** An upper triangle [n, n]. */
    final class Triangle implements KronFactor {
        private final TensorAxis axis;
        private final int n;
        private final AxisBasis basis;
        private final Gemm product;
        private final double[] squares;
        private final float[] difference;
        private final float[] sum;
        private final float[] change;

        Triangle(AxisBasis basis) {
            this.axis = basis.line();
            this.n = axis.n();
            this.basis = basis;
            this.product = new Gemm(Twin.selected(), Form.NN, n, n, n);
            this.squares = new double[n];
            this.difference = new float[n * n];
            this.sum = new float[n * n];
            this.change = new float[n * n];
        }

        @Override
        public int at() {
            return basis.at();
        }

        @Override
        public int size() {
            return n * n;
        }

        @Override
        public void set(float[] q, float scale) {
            for (int i = 0; i < n; i++) {
                q[at() + i * n + i] = scale;
            }
        }

        @Override
        public boolean multiply(float[] q, float[] x, int xAt, int yAt) {
            basis.rotateBack(q, x, xAt, x, yAt);
            return true;
        }

        @Override
        public boolean multiplyTransposed(float[] q, float[] x, int xAt, int yAt) {
            basis.rotate(q, x, xAt, x, yAt);
            return true;
        }

        /** By substitution. */
        @Override
        public void solveTransposed(float[] q, float[] x, int xAt) {
            for (int o = 0; o < axis.outer(); o++) {
                int begin = xAt + o * n * axis.inner();
                for (int i = 0; i < n; i++) {
                    float pivot = 1 / q[at() + i * n + i];
                    for (int j = begin + i * axis.inner(); j < begin + (i + 1) * axis.inner(); j++) {
                        x[j] *= pivot;
                    }
                    takeFromLater(q, x, begin, i);
                }
            }
        }

        private void takeFromLater(float[] q, float[] x, int begin, int i) {
            int row = at() + i * n;
            int inner = axis.inner();
            if (inner == 1) {
                float value = x[begin + i];
                for (int k = i + 1; k < n; k++) {
                    x[begin + k] -= q[row + k] * value;
                }
                return;
            }
            for (int k = i + 1; k < n; k++) {
                float factor = q[row + k];
                for (int j = 0; j < inner; j++) {
                    x[begin + k * inner + j] -= factor * x[begin + i * inner + j];
                }
            }
        }

        @Override
        public void follow(float[] q, float rate, float[] x, int aAt, int bAt) {
            basis.gram(x, aAt, difference, 0);
            basis.gram(x, bAt, change, 0);
            for (int i = 0; i < n * n; i++) {
                sum[i] = difference[i] + change[i];
                difference[i] = i % n >= i / n ? difference[i] - change[i] : 0;
            }
            float by = rate / Math.max(SMALLEST, spectralBound());
            product.multiply(difference, 0, q, at(), change, 0);
            for (int i = 0; i < n; i++) {
                for (int j = i; j < n; j++) {
                    q[at() + i * n + j] -= by * change[i * n + j];
                }
            }
        }

        /** A lower bound of the largest singular value of {@code sum}, which is divided by its largest entry. */
        private float spectralBound() {
            float largest = KronFactor.largest(sum, 0, n * n);
            if (!(largest > 0)) {
                return largest;
            }
            for (int i = 0; i < n * n; i++) {
                sum[i] /= largest;
            }
            int column = 0;
            for (int i = 0; i < n; i++) {
                // Symmetric: a row is a column.
                squares[i] = 0;
                for (int j = 0; j < n; j++) {
                    squares[i] += (double) sum[i * n + j] * sum[i * n + j];
                }
                column = squares[i] > squares[column] ? i : column;
            }
            double norm = 0;
            for (int i = 0; i < n; i++) {
                change[i] = (float) dot(i, sum, column * n);
                norm += (double) change[i] * change[i];
            }
            double image = 0;
            for (int i = 0; i < n; i++) {
                double value = dot(i, change, 0);
                image += value * value;
            }
            return (float) (largest * Math.sqrt(image / norm));
        }

        private double dot(int row, float[] v, int vAt) {
            double total = 0;
            for (int j = 0; j < n; j++) {
                total += (double) sum[row * n + j] * v[vAt + j];
            }
            return total;
        }
    }
}
