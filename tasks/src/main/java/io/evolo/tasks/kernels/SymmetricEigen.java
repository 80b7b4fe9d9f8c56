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

    /** Rows of Q that take all reflections before the next ones do. */
    private static final int ROWS = 8;

    /** Steps whose rotations are applied together. */
    private static final int STEPS = 16;

    /** Values of Q that take them before the next ones do: more would wait for memory, fewer make the loops short. */
    private static final int CACHED = 1 << 17;

    private static final int FEWEST_COLUMNS = 16;

    private final int n;
    /** Rows are arrays of their own, all read at one index: only then does the compiler make vectors of the loops. */
    private final double[][] a;

    /** Columns of Q as rows. */
    private final double[][] q;

    private final double[] d;
    private final double[] e;
    private final double[] tau;
    private final double[] v;
    private final double[] w;
    private final double[] p;
    private final int[] order;

    /** Of the steps whose rotations wait: those of rows i and i + 1 at i of each step's n, from the highest i to the lowest. */
    private final double[] cosines;

    private final double[] sines;
    private final int[] highest = new int[STEPS];
    private final int[] lowest = new int[STEPS];
    private int waiting;

    /** For matrices [n, n]. */
    public SymmetricEigen(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("eigenvectors of a matrix [" + n + ", " + n + "]: expected at least one row");
        }
        this.n = n;
        this.a = new double[n][n];
        this.q = new double[n][n];
        this.d = new double[n];
        this.e = new double[n];
        this.tau = new double[n];
        this.v = new double[n];
        this.w = new double[n];
        this.p = new double[n];
        this.cosines = new double[STEPS * n];
        this.sines = new double[STEPS * n];
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
            double[] vector = q[order[j]];
            for (int i = 0; i < n; i++) {
                y[yAt + i * n + j] = (float) vector[i];
            }
            if (values.length > 0) {
                values[valuesAt + j] = (float) d[order[j]];
            }
        }
    }

    /** The same in double: of x [n, n] the eigenvectors as columns of y, by descending eigenvalue. */
    public void decompose(double[] x, double[] y, double[] values) {
        boolean finite = true;
        for (int i = 0; i < n; i++) {
            System.arraycopy(x, i * n, a[i], 0, n);
            finite &= Arrays.stream(a[i]).allMatch(Double::isFinite);
        }
        if (!finite) {
            Arrays.fill(y, 0, n * n, Double.NaN);
            Arrays.fill(values, 0, n, Double.NaN);
            return;
        }
        solve();
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                y[i * n + j] = q[order[j]][i];
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
        rotate();
        sort();
    }

    private boolean load(float[] x, int xAt) {
        boolean finite = true;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                float value = x[xAt + i * n + j];
                a[i][j] = value;
                finite &= Float.isFinite(value);
            }
        }
        return finite;
    }

    /**
     * To diagonal d and subdiagonal e; the reflections' vectors take the place of the rows right of the diagonal. With p = τAv and
     * w = p − (τ/2)(pᵀv)v a reflection of both sides is A − vwᵀ − wvᵀ, which waits until the next one passes over A to find its p.
     */
    private void tridiagonalize() {
        Arrays.fill(v, 0);
        Arrays.fill(w, 0);
        for (int k = 0; k < n - 1; k++) {
            double[] row = a[k];
            subtractTwo(v[k], w[k], row, k);
            d[k] = row[k];
            double norm = Math.sqrt(dot(row, row, k + 1));
            double head = row[k + 1];
            e[k] = head < 0 ? norm : -norm;
            tau[k] = norm == 0 ? 0 : (e[k] - head) / e[k];
            if (norm != 0) {
                double scale = 1 / (head - e[k]);
                for (int i = k + 2; i < n; i++) {
                    row[i] *= scale;
                }
            }
            row[k + 1] = 1;
            reflectBothSides(k);
        }
        subtractTwo(v[n - 1], w[n - 1], a[n - 1], n - 1);
        d[n - 1] = a[n - 1][n - 1];
    }

    private void reflectBothSides(int k) {
        int first = k + 1;
        Arrays.fill(p, first, n, 0);
        for (int i = first; i < n; i++) {
            subtractTwoAndAdd(v[i], w[i], a[i], first, a[k][i]);
        }
        System.arraycopy(a[k], first, v, first, n - first);
        double half = -tau[k] * tau[k] / 2 * dot(p, v, first);
        for (int i = first; i < n; i++) {
            w[i] = tau[k] * p[i] + half * v[i];
        }
    }

    private void subtractTwo(double byW, double byV, double[] row, int first) {
        for (int j = first; j < n; j++) {
            row[j] -= byW * w[j] + byV * v[j];
        }
    }

    /** The same, and p ← p + factor times what the row becomes. */
    private void subtractTwoAndAdd(double byW, double byV, double[] row, int first, double factor) {
        for (int j = first; j < n; j++) {
            double x = row[j] - (byW * w[j] + byV * v[j]);
            row[j] = x;
            p[j] += factor * x;
        }
    }

    /** The product of all reflections, from the last on, for some rows at a time, which stay in the cache. */
    private void accumulate() {
        for (int i = 0; i < n; i++) {
            Arrays.fill(q[i], 0);
            q[i][i] = 1;
        }
        for (int from = 1; from < n; from += ROWS) {
            int to = Math.min(n, from + ROWS);
            for (int k = to - 2; k >= 0; k--) {
                for (int row = Math.max(from, k + 1); row < to; row++) {
                    addScaled(-tau[k] * dot(q[row], a[k], k + 1), a[k], q[row], k + 1);
                }
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
        if (waiting == STEPS) {
            rotate();
        }
        int at = waiting * n;
        highest[waiting] = m - 1;
        lowest[waiting] = l;
        waiting++;
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
                lowest[waiting - 1] = i + 1;
                return;
            }
            s = f / r;
            c = g / r;
            g = d[i + 1] - p;
            r = (d[i] - g) * s + 2 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            cosines[at + i] = c;
            sines[at + i] = s;
        }
        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }

    /** Applies the rotations that wait to q, some columns at a time, which stay in the cache meanwhile. */
    private void rotate() {
        int width = Math.max(FEWEST_COLUMNS, CACHED / n);
        for (int from = 0; from < n; from += width) {
            int to = Math.min(n, from + width);
            for (int step = 0; step < waiting; step++) {
                for (int i = highest[step]; i >= lowest[step]; i--) {
                    rotate(q[i], q[i + 1], from, to, cosines[step * n + i], sines[step * n + i]);
                }
            }
        }
        waiting = 0;
    }

    private static void rotate(double[] row, double[] next, int from, int to, double c, double s) {
        for (int k = from; k < to; k++) {
            double f = next[k];
            double h = row[k];
            next[k] = s * h + c * f;
            row[k] = c * h - s * f;
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

    /** From an index on, in eight partial sums, which hide the latency of the additions. */
    private static double dot(double[] x, double[] y, int first) {
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        int i = first;
        for (; i < x.length - 7; i += 8) {
            s0 += x[i] * y[i];
            s1 += x[i + 1] * y[i + 1];
            s2 += x[i + 2] * y[i + 2];
            s3 += x[i + 3] * y[i + 3];
            s4 += x[i + 4] * y[i + 4];
            s5 += x[i + 5] * y[i + 5];
            s6 += x[i + 6] * y[i + 6];
            s7 += x[i + 7] * y[i + 7];
        }
        for (; i < x.length; i++) {
            s0 += x[i] * y[i];
        }
        return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
    }

    private static void addScaled(double factor, double[] x, double[] y, int first) {
        for (int i = first; i < y.length; i++) {
            y[i] += factor * x[i];
        }
    }
}
