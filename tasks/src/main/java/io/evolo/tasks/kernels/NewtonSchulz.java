package io.evolo.tasks.kernels;

import io.evolo.tasks.kernels.Gemm.Form;
import java.util.Collections;
import java.util.List;

/**
 * Brings a matrix near the closest one with orthonormal rows (or columns, where there are fewer): all singular values, which may
 * differ by orders of magnitude, end up near 1. Steps of an odd quintic polynomial of the matrix, first scaled to a Frobenius norm of
 * at most 1: A = XXᵀ, B = bA + cA², X ← aX + BX. A matrix with more rows than columns has A = XᵀX and X ← aX + XB instead, which is
 * the same on its transpose.
 *
 * <p>Where a matrix is {@link #OBLONG} and its shorter side long enough, the steps are made on A alone, which is small: with
 * P = aI + bA + cA², A ← PAP and Q ← PQ, and in the end X ← QX. The same in exact arithmetic; in float
 * entries differ by less than 1e-2 of a typical one, most where the matrix has not full rank, and by some 1e-4 where it has.
 *
 * <p>A and its polynomials are symmetric, so half of each is computed. Holds its working memory: one object belongs to one thread, and
 * serves all matrices of one shape. Applying it allocates nothing.
 */
public final class NewtonSchulz {
    /** Longer over shorter side from which on the steps are made on A: then they cost a half or less. */
    private static final int OBLONG = 2;
    /** Shorter side from which on that is so; below, it would save less than a call costs. */
    private static final int LONG_ENOUGH = 128;

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
    /** P and Q of the steps on A; empty where these are not made. */
    private final float[] p;

    private final float[] q;

    /**
     * Coefficients of one step.
     *
     * @param a of X
     * @param b of XXᵀX
     * @param c of XXᵀXXᵀX
     */
    public record Quintic(float a, float b, float c) {}

    /**
     * Which steps.
     *
     * @param steps in their order, at least one
     * @param slack times the norm that the matrix is divided by, at least 1
     * @param epsilon added to that, at least 0; of the fourth norm the least that is divided by
     * @param norm which norm that is
     */
    public record Iteration(List<Quintic> steps, float slack, float epsilon, Norm norm) {

        public Iteration {
            steps = List.copyOf(steps);
            if (steps.isEmpty() || !(slack >= 1) || !(epsilon >= 0)) {
                throw new IllegalArgumentException("Newton-Schulz: " + steps.size() + " steps, slack " + slack + " and epsilon " + epsilon
                        + ", expected at least 1, 1 and 0");
            }
        }

        /** Of the Frobenius norm. */
        public Iteration(List<Quintic> steps, float slack, float epsilon) {
            this(steps, slack, epsilon, Norm.FROBENIUS);
        }

        /** The same step several times. */
        public static Iteration repeated(Quintic step, int times, float epsilon) {
            return new Iteration(Collections.nCopies(times, step), 1, epsilon);
        }

        /** The coefficients of Muon (Jordan 2024), five times: singular values end up between about 0.7 and 1.2. */
        public static Iteration muon(float epsilon) {
            return repeated(new Quintic(3.4445f, -4.7750f, 2.0315f), 5, epsilon);
        }

        /**
         * Polar Express (Amsel et al. 2025, arXiv 2505.16932), five steps, as {@code microsoft/dion} has them: the best polynomials for
         * singular values from 1e-3 of the norm on, with a safety factor of 1.02.
         */
        public static Iteration polarExpress(float epsilon) {
            return new Iteration(
                    List.of(
                            new Quintic(8.156554524902461f, -22.48329292557795f, 15.878769915207462f),
                            new Quintic(4.042929935166739f, -2.808917465908714f, 0.5000178451051316f),
                            new Quintic(3.8916678022926607f, -2.772484153217685f, 0.5060648178503393f),
                            new Quintic(3.285753657755655f, -2.3681294933425376f, 0.46449024233003106f),
                            new Quintic(2.3465413258596377f, -1.7097828382687081f, 0.42323551169305323f)),
                    1.02f,
                    epsilon);
        }

        /** The five steps that {@code microsoft/dion} makes without Polar Express. */
        public static Iteration five(float epsilon) {
            return new Iteration(
                    List.of(
                            new Quintic(4.0848f, -6.8946f, 2.9270f),
                            new Quintic(3.9505f, -6.3029f, 2.6377f),
                            new Quintic(3.7418f, -5.5913f, 2.3037f),
                            new Quintic(2.8769f, -3.1427f, 1.2046f),
                            new Quintic(2.8366f, -3.0525f, 1.2012f)),
                    1,
                    epsilon);
        }

        /** Twelve steps that end at 1 exactly, wherever singular values are above some 1e-4 of the norm. */
        public static Iteration twelve(float epsilon) {
            return repeated(new Quintic(2, -1.5f, 0.5f), 12, epsilon);
        }

        /** The same steps of a matrix divided by another norm. */
        public Iteration with(Norm other) {
            return new Iteration(steps, slack, epsilon, other);
        }
    }

    /** What a matrix is divided by: at least its largest singular value. */
    public enum Norm {
        /** The root of the sum of squares. */
        FROBENIUS,
        /** The fourth root of tr((XXᵀ)²): closer to the largest singular value, for one product more. */
        FOURTH
    }

    /** For matrices [rows×cols]. */
    public NewtonSchulz(Twin twin, Iteration iteration, int rows, int cols) {
        int m = Math.min(rows, cols);
        int most = Math.max(rows, cols);
        boolean oblong = m >= LONG_ENOUGH && most >= OBLONG * m;
        this.iteration = iteration;
        this.rows = rows;
        this.cols = cols;
        this.tall = rows > cols;
        this.gram = Gemm.symmetric(twin, tall ? Form.TN : Form.NT, m, most);
        this.square = Gemm.symmetric(twin, Form.NN, m, m);
        this.product = new Gemm(twin, Form.NN, rows, cols, m);
        this.x = new float[Math.multiplyExact(rows, cols)];
        this.next = new float[x.length];
        this.a = new float[m * m];
        this.b = new float[m * m];
        this.p = new float[oblong ? m * m : 0];
        this.q = new float[oblong ? m * m : 0];
    }

    /** Whether this is for matrices of these sizes. */
    public boolean fits(int otherRows, int otherCols) {
        return rows == otherRows && cols == otherCols;
    }

    /** Floating-point operations as they are usually counted, whole products of every step: 4m²n + 2m³ with m the shorter side. */
    public double flops() {
        double m = Math.min(rows, cols);
        return iteration.steps().size() * (4.0 * m * m * Math.max(rows, cols) + 2 * m * m * m);
    }

    /** Orthogonalises the matrix, row-major from {@code at} on, in place. */
    public void apply(float[] matrix, int at) {
        float norm = norm(matrix, at, x.length);
        switch (iteration.norm()) {
            case FROBENIUS -> load(matrix, at, iteration.slack() * norm + iteration.epsilon());
            case FOURTH -> {
                load(matrix, at, norm);
                gram.multiply(x, 0, x, 0, a, 0);
                load(matrix, at, Math.max(iteration.slack() * norm * (float) Math.sqrt(norm(a, 0, a.length)), iteration.epsilon()));
            }
        }
        System.arraycopy(q.length > 0 ? onGram() : onMatrix(), 0, matrix, at, x.length);
    }

    /** X = matrix/norm; a matrix of zeros stays one. */
    private void load(float[] matrix, int at, float norm) {
        float scale = Math.min(1 / norm, Float.MAX_VALUE);
        for (int i = 0; i < x.length; i++) {
            x[i] = matrix[at + i] * scale;
        }
    }

    private float[] onMatrix() {
        float[] from = x;
        float[] to = next;
        for (int i = 0; i < iteration.steps().size(); i++) {
            step(iteration.steps().get(i), from, to);
            float[] swapped = from;
            from = to;
            to = swapped;
        }
        return from;
    }

    private void step(Quintic step, float[] from, float[] to) {
        gram.multiply(from, 0, from, 0, a, 0);
        square.multiply(a, 0, a, 0, b, 0);
        combine(step.b(), a, step.c(), b, b);
        for (int i = 0; i < to.length; i++) {
            to[i] = step.a() * from[i];
        }
        if (tall) {
            product.multiplyAdd(from, 0, b, 0, to, 0);
        } else {
            product.multiplyAdd(b, 0, from, 0, to, 0);
        }
    }

    private float[] onGram() {
        gram.multiply(x, 0, x, 0, a, 0);
        int last = iteration.steps().size() - 1;
        for (int i = 0; i <= last; i++) {
            polynomial(iteration.steps().get(i));
            if (i == 0) {
                System.arraycopy(p, 0, q, 0, q.length);
            } else {
                square.multiply(p, 0, q, 0, b, 0);
                System.arraycopy(b, 0, q, 0, q.length);
            }
            if (i < last) {
                square.multiply(p, 0, a, 0, b, 0);
                square.multiply(b, 0, p, 0, a, 0);
            }
        }
        if (tall) {
            product.multiply(x, 0, q, 0, next, 0);
        } else {
            product.multiply(q, 0, x, 0, next, 0);
        }
        return next;
    }

    /** P = aI + bA + cA². */
    private void polynomial(Quintic step) {
        int m = Math.min(rows, cols);
        square.multiply(a, 0, a, 0, b, 0);
        combine(step.b(), a, step.c(), b, p);
        for (int i = 0; i < m; i++) {
            p[i * m + i] += step.a();
        }
    }

    private static void combine(float u, float[] x, float v, float[] y, float[] out) {
        for (int i = 0; i < out.length; i++) {
            out[i] = u * x[i] + v * y[i];
        }
    }

    /** In double, four partial sums. */
    private static float norm(float[] x, int at, int count) {
        double a = 0, b = 0, c = 0, d = 0;
        int i = at;
        for (; i < at + count - 3; i += 4) {
            a += (double) x[i] * x[i];
            b += (double) x[i + 1] * x[i + 1];
            c += (double) x[i + 2] * x[i + 2];
            d += (double) x[i + 3] * x[i + 3];
        }
        for (; i < at + count; i++) {
            a += (double) x[i] * x[i];
        }
        return (float) Math.sqrt((a + b) + (c + d));
    }
}
