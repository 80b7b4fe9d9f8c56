package io.evolo.optimizers.designed;

import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.LaneSums;
import io.evolo.tasks.kernels.Qr;
import io.evolo.tasks.kernels.Transpose;
import io.evolo.tasks.kernels.Twin;

/**
 * One step of the power iteration: brings an orthonormal basis closer to the eigenvectors of a symmetric matrix. Holds working memory:
 * belongs to one thread, and serves all matrices of one size.
 */
final class PowerStep {
    private final Twin twin = Twin.selected();
    private final int n;
    private final Gemm product;
    private final Qr qr;
    private final LaneSums sums = new LaneSums(twin);
    private final float[] columns;
    private final float[] images;
    private final float[] values;
    private final int[] order;

    /** For matrices [n, n]. */
    PowerStep(int n) {
        this.n = n;
        this.product = new Gemm(twin, Form.NN, n, n, n);
        this.qr = new Qr(twin, n, n);
        this.columns = new float[n * n];
        this.images = new float[n * n];
        this.values = new float[n];
        this.order = new int[n];
    }

    int n() {
        return n;
    }

    /**
     * Q becomes the Q of the QR decomposition of LQ, its columns first ordered by descending qᵀLq, which at the end are L's eigenvalues.
     *
     * @return the order: new column j was column order[j]; the next call overwrites it
     */
    int[] improve(float[] l, float[] q, int at) {
        Transpose.run(twin, q, at, n, n, columns, 0);
        product.multiply(columns, 0, l, at, images, 0);
        for (int j = 0; j < n; j++) {
            values[j] = sums.dot(columns, j * n, images, j * n, n);
        }
        sort();
        for (int j = 0; j < n; j++) {
            System.arraycopy(images, order[j] * n, columns, j * n, n);
        }
        qr.orthonormalize(columns, 0, q, at);
        return order;
    }

    /** Q becomes the Q of the QR decomposition of LQ, its columns in the order that they have. */
    void follow(float[] l, float[] q, int at) {
        Transpose.run(twin, q, at, n, n, columns, 0);
        product.multiply(columns, 0, l, at, images, 0);
        qr.orthonormalize(images, 0, q, at);
    }

    /** Descending; equal ones stay in order. */
    private void sort() {
        for (int i = 0; i < n; i++) {
            int to = i;
            while (to > 0 && values[order[to - 1]] < values[i]) {
                order[to] = order[to - 1];
                to--;
            }
            order[to] = i;
        }
    }
}
