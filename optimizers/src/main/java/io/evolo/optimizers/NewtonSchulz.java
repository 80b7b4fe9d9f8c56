package io.evolo.optimizers;

import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.Twin;

/**
 * Brings a matrix near the closest one with orthonormal rows (or columns, where there are fewer): all singular values, which may
 * differ by orders of magnitude, end up between about 0.7 and 1.2. Iterations of an odd quintic polynomial of the matrix, first
 * scaled to Frobenius norm 1: A = XXᵀ, B = bA + cA², X ← aX + BX. A matrix with more rows than columns has A = XᵀX and X ← aX + XB
 * instead, which is the same on its transpose.
 *
 * <p>Holds its working memory: one object belongs to one thread. Applying it allocates nothing.
 */
public final class NewtonSchulz {
    private final Iteration iteration;
    private final int rows;
    private final int cols;
    private final boolean tall;
    private final Gemm gram;
    private final Gemm square;
    private final Gemm product;
    private final float[] x;
    private final float[] next;
    private final float[] a;
    private final float[] b;

    /**
     * Which polynomial, how often.
     *
     * @param a of X
     * @param b of XXᵀX
     * @param c of XXᵀXXᵀX
     * @param times at least 1
     * @param epsilon added to the norm that the matrix is divided by, at least 0
     */
    public record Iteration(float a, float b, float c, int times, float epsilon) {

        public Iteration {
            if (times < 1 || !(epsilon >= 0)) {
                throw new IllegalArgumentException(
                        "Newton-Schulz: " + times + " iterations and epsilon " + epsilon + ", expected at least 1 and 0");
            }
        }

        /** The coefficients of Muon (Jordan 2024), five times. */
        public static Iteration muon(float epsilon) {
            return new Iteration(3.4445f, -4.7750f, 2.0315f, 5, epsilon);
        }
    }

    /** For matrices [rows×cols]. */
    public NewtonSchulz(Twin twin, Iteration iteration, int rows, int cols) {
        this.iteration = iteration;
        this.rows = rows;
        this.cols = cols;
        this.tall = rows > cols;
        int m = Math.min(rows, cols);
        this.gram = new Gemm(twin, tall ? Form.TN : Form.NT, m, m, Math.max(rows, cols));
        this.square = new Gemm(twin, Form.NN, m, m, m);
        this.product = new Gemm(twin, Form.NN, rows, cols, m);
        this.x = new float[rows * cols];
        this.next = new float[rows * cols];
        this.a = new float[m * m];
        this.b = new float[m * m];
    }

    /** Whether this is for matrices of these sizes. */
    public boolean fits(int otherRows, int otherCols) {
        return rows == otherRows && cols == otherCols;
    }

    /** Orthogonalises the matrix, row-major from {@code at} on, in place. */
    public void apply(float[] matrix, int at) {
        float scale = 1 / (norm(matrix, at, x.length) + iteration.epsilon());
        for (int i = 0; i < x.length; i++) {
            x[i] = matrix[at + i] * scale;
        }
        float[] from = x;
        float[] to = next;
        for (int i = 0; i < iteration.times(); i++) {
            iterate(from, to);
            float[] swapped = from;
            from = to;
            to = swapped;
        }
        System.arraycopy(from, 0, matrix, at, x.length);
    }

    private void iterate(float[] from, float[] to) {
        gram.multiply(from, 0, from, 0, a, 0);
        square.multiply(a, 0, a, 0, b, 0);
        for (int i = 0; i < b.length; i++) {
            b[i] = iteration.b() * a[i] + iteration.c() * b[i];
        }
        for (int i = 0; i < to.length; i++) {
            to[i] = iteration.a() * from[i];
        }
        if (tall) {
            product.multiplyAdd(from, 0, b, 0, to, 0);
        } else {
            product.multiplyAdd(b, 0, from, 0, to, 0);
        }
    }

    private static float norm(float[] x, int at, int count) {
        double sum = 0;
        for (int i = at; i < at + count; i++) {
            sum += (double) x[i] * x[i];
        }
        return (float) Math.sqrt(sum);
    }
}
