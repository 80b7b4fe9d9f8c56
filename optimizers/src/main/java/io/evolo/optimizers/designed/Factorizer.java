package io.evolo.optimizers.designed;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.chol.CholeskyDecompositionInner_DDRM;
import org.ejml.dense.row.decomposition.eig.SymmetricQRAlgorithmDecomposition_DDRM;
import org.ejml.dense.row.decomposition.hessenberg.TridiagonalDecompositionHouseholder_DDRM;
import org.ejml.dense.row.decomposition.qr.QRDecompositionHouseholderColumn_DDRM;
import org.ejml.dense.row.linsol.chol.LinearSolverChol_DDRM;

/**
 * Eigenvectors, orthonormal bases and inverses of square float matrices of one size, by EJML in double: as fast as in float, and
 * eight digits more. The classes are named, not chosen by EJML's factories, which would take others, and threads, for large matrices.
 * A matrix that holds a NaN or an infinity gives results of NaN.
 *
 * <p>Holds working memory of some 10 n² doubles, taken at the first use: one object belongs to one thread.
 */
final class Factorizer {
    private final int n;
    private final SymmetricQRAlgorithmDecomposition_DDRM eigen =
            new SymmetricQRAlgorithmDecomposition_DDRM(new TridiagonalDecompositionHouseholder_DDRM(), true);
    private final QRDecompositionHouseholderColumn_DDRM qr = new QRDecompositionHouseholderColumn_DDRM();
    private final LinearSolverChol_DDRM cholesky = new LinearSolverChol_DDRM(new CholeskyDecompositionInner_DDRM(true));
    private final DMatrixRMaj a;
    private final DMatrixRMaj result;
    private final double[] values;
    private final int[] order;

    /** For matrices [n×n]. */
    Factorizer(int n) {
        this.n = n;
        this.a = new DMatrixRMaj(n, n);
        this.result = new DMatrixRMaj(n, n);
        this.values = new double[n];
        this.order = new int[n];
    }

    int n() {
        return n;
    }

    /**
     * Eigenvectors of the symmetric matrix x at xAt as the columns of q at qAt, by descending eigenvalue, and the eigenvalues, where
     * there is room for them: d may have length 0.
     *
     * @throws IllegalStateException if the iteration does not converge, which is not known to happen
     */
    void eigenvectors(float[] x, int xAt, float[] q, int qAt, float[] d, int dAt) {
        if (!load(x, xAt)) {
            fillNaN(q, qAt, n * n);
            fillNaN(d, dAt, d.length == 0 ? 0 : n);
            return;
        }
        if (!eigen.decompose(a)) {
            throw new IllegalStateException("the eigenvalues of a " + n + "×" + n + " matrix did not converge; take inverses instead");
        }
        sort();
        for (int j = 0; j < n; j++) {
            double[] vector = eigen.getEigenVector(order[j]).data;
            for (int i = 0; i < n; i++) {
                q[qAt + i * n + j] = (float) vector[i];
            }
            if (d.length > 0) {
                d[dAt + j] = (float) values[order[j]];
            }
        }
    }

    /** Descending; equal ones stay in order. By insertion: it allocates nothing, and is little beside the decomposition. */
    private void sort() {
        for (int i = 0; i < n; i++) {
            values[i] = eigen.getEigenvalue(i).real;
            int at = i;
            while (at > 0 && values[order[at - 1]] < values[i]) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = i;
        }
    }

    /** The Q of x = QR at qAt, which may be x. */
    void orthonormalize(float[] x, int xAt, float[] q, int qAt) {
        if (!load(x, xAt)) {
            fillNaN(q, qAt, n * n);
            return;
        }
        qr.decompose(a);
        qr.getQ(result, false);
        store(q, qAt);
    }

    /** The inverse of x + shift·I at yAt, where x is symmetric; NaN where the sum is not positive definite. */
    void invertShifted(float[] x, int xAt, double shift, float[] y, int yAt) {
        boolean finite = load(x, xAt);
        for (int i = 0; i < n; i++) {
            a.data[i * n + i] += shift;
        }
        if (!finite || !cholesky.setA(a)) {
            fillNaN(y, yAt, n * n);
            return;
        }
        cholesky.invert(result);
        store(y, yAt);
    }

    /** Whether all values are finite. */
    private boolean load(float[] x, int xAt) {
        boolean finite = true;
        for (int i = 0; i < n * n; i++) {
            a.data[i] = x[xAt + i];
            finite &= Float.isFinite(x[xAt + i]);
        }
        return finite;
    }

    private void store(float[] y, int yAt) {
        for (int i = 0; i < n * n; i++) {
            y[yAt + i] = (float) result.data[i];
        }
    }

    private static void fillNaN(float[] x, int at, int count) {
        Arrays.fill(x, at, at + count, Float.NaN);
    }
}
