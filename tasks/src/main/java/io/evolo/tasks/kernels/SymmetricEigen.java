package io.evolo.tasks.kernels;

import java.util.Arrays;

/**
 * Eigenvectors of a symmetric matrix of floats or doubles: Householder reflections to tridiagonal form, then implicit QL steps with Wilkinson's
 * shift (Golub and Van Loan, Matrix Computations, 8.3), in double. Some 15·n³ operations in loops over rows, an order of magnitude
 * below the speed of products; a rule that only follows a slowly changing matrix improves a basis by {@link Qr} instead.
 *
 * <p>Residual and orthonormality are some n times the rounding of the results' type. Every sum has a fixed order. A matrix with a NaN or
 * an infinity has eigenvectors and values of NaN.
 *
 * <p>Holds some 2n² doubles of working memory: one object belongs to one thread, and serves all matrices of one size.
 */
public final class SymmetricEigen {
    private static final int MOST_STEPS = 60;
    private static final double EPSILON = 0x1p-52;

    private final int n;
    private final double[] a;
    /** Columns of Q as rows. */
    private final double[] q;

    private final double[] d;
    private final double[] e;
    private final double[] tau;
    private final double[] v;
    private final double[] w;
    private final int[] order;

    /** For matrices [n, n]. */
    public SymmetricEigen(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("eigenvectors of a matrix [" + n + ", " + n + "]: expected at least one row");
        }
        this.n = n;
        this.a = new double[Math.multiplyExact(n, n)];
        this.q = new double[n * n];
        this.d = new double[n];
        this.e = new double[n];
        this.tau = new double[n];
        this.v = new double[n];
        this.w = new double[n];
        this.order = new int[n];
    }

    public int n() {
        return n;
    }

    /**
     * Eigenvectors of x [n, n] at xAt as the columns of y at yAt, by descending eigenvalue, and the eigenvalues, where there is room for
     * them: values may have length 0.
     *
     * @throws IllegalStateException if the steps do not converge, which is not known to happen
     */
    public void decompose(float[] x, int xAt, float[] y, int yAt, float[] values, int valuesAt) {
        if (!load(x, xAt)) {
            Arrays.fill(y, yAt, yAt + n * n, Float.NaN);
            Arrays.fill(values, valuesAt, valuesAt + (values.length == 0 ? 0 : n), Float.NaN);
            return;
        }
        solve();
        for (int j = 0; j < n; j++) {
            int row = order[j] * n;
            for (int i = 0; i < n; i++) {
                y[yAt + i * n + j] = (float) q[row + i];
            }
            if (values.length > 0) {
                values[valuesAt + j] = (float) d[order[j]];
            }
        }
    }

    /** The same in double: of x [n, n] the eigenvectors as columns of y, by descending eigenvalue. */
    public void decompose(double[] x, double[] y, double[] values) {
        System.arraycopy(x, 0, a, 0, n * n);
        if (!Arrays.stream(a).allMatch(Double::isFinite)) {
            Arrays.fill(y, 0, n * n, Double.NaN);
            Arrays.fill(values, 0, n, Double.NaN);
            return;
        }
        solve();
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                y[i * n + j] = q[order[j] * n + i];
            }
            values[j] = d[order[j]];
        }
    }

    private void solve() {
        tridiagonalize();
        accumulate();
        for (int l = 0; l < n; l++) {
            diagonalize(l);
        }
        sort();
    }

    private boolean load(float[] x, int xAt) {
        boolean finite = true;
        for (int i = 0; i < n * n; i++) {
            a[i] = x[xAt + i];
            finite &= Float.isFinite(x[xAt + i]);
        }
        return finite;
    }

    /** To diagonal d and subdiagonal e; the reflections' vectors take the place of the rows right of the diagonal. */
    private void tridiagonalize() {
        for (int k = 0; k < n - 1; k++) {
            int row = k * n;
            d[k] = a[row + k];
            double norm = Math.sqrt(dot(a, row + k + 1, a, row + k + 1, n - k - 1));
            double head = a[row + k + 1];
            e[k] = head < 0 ? norm : -norm;
            tau[k] = norm == 0 ? 0 : (e[k] - head) / e[k];
            if (norm != 0) {
                double scale = 1 / (head - e[k]);
                for (int i = k + 2; i < n; i++) {
                    a[row + i] *= scale;
                }
            }
            a[row + k + 1] = 1;
            reflectBothSides(k);
        }
        d[n - 1] = a[n * n - 1];
    }

    /** A ← HAH for what is left of it, H = I − τvvᵀ: with p = τAv and w = p − (τ/2)(pᵀv)v it is A − vwᵀ − wvᵀ. */
    private void reflectBothSides(int k) {
        int first = k + 1;
        System.arraycopy(a, k * n + first, v, first, n - first);
        for (int i = first; i < n; i++) {
            w[i] = tau[k] * dot(a, i * n + first, v, first, n - first);
        }
        double half = -tau[k] / 2 * dot(w, first, v, first, n - first);
        for (int i = first; i < n; i++) {
            w[i] += half * v[i];
        }
        for (int i = first; i < n; i++) {
            subtractTwo(v[i], w[i], i * n, first);
        }
    }

    private void subtractTwo(double byW, double byV, int row, int first) {
        for (int j = first; j < n; j++) {
            a[row + j] -= byW * w[j] + byV * v[j];
        }
    }

    /** The product of all reflections, from the last on. */
    private void accumulate() {
        Arrays.fill(q, 0);
        for (int i = 0; i < n; i++) {
            q[i * n + i] = 1;
        }
        for (int k = n - 2; k >= 0; k--) {
            for (int row = k + 1; row < n; row++) {
                double factor = -tau[k] * dot(q, row * n + k + 1, a, k * n + k + 1, n - k - 1);
                addScaled(factor, a, k * n + k + 1, q, row * n + k + 1, n - k - 1);
            }
        }
    }

    /** Steps until nothing is left of the subdiagonal entry behind d[l]. */
    private void diagonalize(int l) {
        for (int step = 0; ; step++) {
            int m = l;
            while (m < n - 1 && Math.abs(e[m]) > EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) {
                m++;
            }
            if (m == l) {
                return;
            }
            if (step == MOST_STEPS) {
                throw new IllegalStateException("the eigenvalues of a " + n + "×" + n + " matrix did not converge; take inverses instead");
            }
            implicitStep(l, m);
        }
    }

    private void implicitStep(int l, int m) {
        double g = (d[l + 1] - d[l]) / (2 * e[l]);
        g = d[m] - d[l] + e[l] / (g + Math.copySign(Math.sqrt(g * g + 1), g));
        double s = 1;
        double c = 1;
        double p = 0;
        for (int i = m - 1; i >= l; i--) {
            double f = s * e[i];
            double b = c * e[i];
            double r = Math.sqrt(f * f + g * g);
            e[i + 1] = r;
            if (r == 0) {
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }
            s = f / r;
            c = g / r;
            g = d[i + 1] - p;
            r = (d[i] - g) * s + 2 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            rotate(i * n, c, s);
        }
        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }

    /** Two neighbouring rows of q. */
    private void rotate(int row, double c, double s) {
        int next = row + n;
        for (int k = 0; k < n; k++) {
            double f = q[next + k];
            double h = q[row + k];
            q[next + k] = s * h + c * f;
            q[row + k] = c * h - s * f;
        }
    }

    /** Descending; equal ones stay in order. */
    private void sort() {
        for (int i = 0; i < n; i++) {
            int at = i;
            while (at > 0 && d[order[at - 1]] < d[i]) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = i;
        }
    }

    /** Eight partial sums, which hide the latency of the additions. */
    private static double dot(double[] x, int xAt, double[] y, int yAt, int count) {
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        int i = 0;
        for (; i < count - 7; i += 8) {
            s0 += x[xAt + i] * y[yAt + i];
            s1 += x[xAt + i + 1] * y[yAt + i + 1];
            s2 += x[xAt + i + 2] * y[yAt + i + 2];
            s3 += x[xAt + i + 3] * y[yAt + i + 3];
            s4 += x[xAt + i + 4] * y[yAt + i + 4];
            s5 += x[xAt + i + 5] * y[yAt + i + 5];
            s6 += x[xAt + i + 6] * y[yAt + i + 6];
            s7 += x[xAt + i + 7] * y[yAt + i + 7];
        }
        for (; i < count; i++) {
            s0 += x[xAt + i] * y[yAt + i];
        }
        return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
    }

    private static void addScaled(double factor, double[] x, int xAt, double[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] += factor * x[xAt + i];
        }
    }
}
