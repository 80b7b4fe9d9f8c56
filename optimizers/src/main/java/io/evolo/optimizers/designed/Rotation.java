package io.evolo.optimizers.designed;

import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.Twin;

/** Matrices [rows, columns] seen in other orthonormal bases of their two axes. Holds working memory: belongs to one thread. */
final class Rotation {
    private final Gemm into;
    private final Gemm outOf;
    private final Gemm right;
    private final Gemm rightBack;
    private final float[] half;

    Rotation(int rows, int columns) {
        Twin twin = Twin.selected();
        this.into = new Gemm(twin, Form.TN, rows, columns, rows);
        this.outOf = new Gemm(twin, Form.NN, rows, columns, rows);
        this.right = new Gemm(twin, Form.NN, rows, columns, columns);
        this.rightBack = new Gemm(twin, Form.NT, rows, columns, columns);
        this.half = new float[rows * columns];
    }

    /** y = Qᵀ x P, where Q lies at qAt and P at pAt of {@code bases}, x and y at 0. */
    void rotate(float[] bases, int qAt, float[] x, int pAt, float[] y) {
        into.multiply(bases, qAt, x, 0, half, 0);
        right.multiply(half, 0, bases, pAt, y, 0);
    }

    /** y = Q x Pᵀ. */
    void rotateBack(float[] bases, int qAt, float[] x, int pAt, float[] y, int yAt) {
        outOf.multiply(bases, qAt, x, 0, half, 0);
        rightBack.multiply(half, 0, bases, pAt, y, yAt);
    }
}
