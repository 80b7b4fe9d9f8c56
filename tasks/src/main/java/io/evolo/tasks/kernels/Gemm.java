package io.evolo.tasks.kernels;

import java.util.Objects;

/**
 * The matrix products of forward and backward: C [rows, columns] = start + op(A)·op(B), where op may transpose one operand and depth
 * is the axis that the sum runs over. All matrices are dense, row-major and begin anywhere in an array.
 *
 * <p>Every entry of C is one chain of fused multiply-adds in the order of the depth axis, begun with the start value. So both twins
 * give the same bits, at every vector size.
 *
 * <p>Holds its scratch memory: one object belongs to one thread. The products allocate nothing.
 */
public final class Gemm {

    /** Which operand is stored transposed. */
    public enum Form {
        /** A [rows, depth] · B [depth, columns]: a layer's output. */
        NN,
        /** A [rows, depth] · B [columns, depth]ᵀ: the gradient of a layer's input. */
        NT,
        /** A [depth, rows]ᵀ · B [depth, columns]: the gradient of a layer's weights. */
        TN
    }

    private final Twin twin;
    private final Form form;
    final int rows;
    final int columns;
    final int depth;
    /** Distance in A of two neighbours along the rows of C, and along the depth. */
    final int rowStride;

    final int depthStride;
    private final float[] zeros;
    private final float[] transposed;

    public Gemm(Twin twin, Form form, int rows, int columns, int depth) {
        if (rows < 1 || columns < 1 || depth < 1) {
            throw new IllegalArgumentException(
                    "product of " + rows + "×" + depth + " and " + depth + "×" + columns + ": every axis must be at least 1");
        }
        this.twin = twin;
        this.form = form;
        this.rows = rows;
        this.columns = columns;
        this.depth = depth;
        this.rowStride = form == Form.TN ? 1 : depth;
        this.depthStride = form == Form.TN ? rows : 1;
        this.zeros = new float[columns];
        this.transposed = new float[form == Form.NT ? Math.multiplyExact(depth, columns) : 0];
    }

    /** C = op(A)·op(B); A, B, C begin at aAt, bAt, cAt. C must not overlap A or B. */
    public void multiply(float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
        check(a, aAt, b, bAt, c, cAt);
        run(a, aAt, b, bAt, zeros, 0, 0, c, cAt);
    }

    /** C = C + op(A)·op(B). */
    public void multiplyAdd(float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
        check(a, aAt, b, bAt, c, cAt);
        run(a, aAt, b, bAt, c, cAt, columns, c, cAt);
    }

    /** C = op(A)·op(B), and the vector [columns] at biasAt added to every row. */
    public void multiplyBias(float[] a, int aAt, float[] b, int bAt, float[] bias, int biasAt, float[] c, int cAt) {
        check(a, aAt, b, bAt, c, cAt);
        Objects.checkFromIndexSize(biasAt, columns, bias.length);
        run(a, aAt, b, bAt, bias, biasAt, 0, c, cAt);
    }

    /** Floating-point operations of one product. */
    public double flops() {
        return 2.0 * rows * columns * depth;
    }

    private void check(float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
        Objects.checkFromIndexSize(aAt, rows * depth, a.length);
        Objects.checkFromIndexSize(bAt, depth * columns, b.length);
        Objects.checkFromIndexSize(cAt, rows * columns, c.length);
    }

    /** Row i of C starts as the {@code columns} values of z at zAt + i·zStride. */
    private void run(float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt) {
        if (form == Form.NT) {
            Transpose.run(twin, b, bAt, columns, depth, transposed, 0);
            b = transposed;
            bAt = 0;
        }
        switch (twin) {
            case PLAIN -> plain(a, aAt, b, bAt, z, zAt, zStride, c, cAt);
            case VECTOR -> GemmVectors.run(this, a, aAt, b, bAt, z, zAt, zStride, c, cAt);
        }
    }

    private void plain(float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt) {
        for (int i = 0; i < rows; i++) {
            int row = cAt + i * columns;
            System.arraycopy(z, zAt + i * zStride, c, row, columns);
            for (int k = 0; k < depth; k++) {
                float factor = a[aAt + i * rowStride + k * depthStride];
                for (int j = 0; j < columns; j++) {
                    c[row + j] = Math.fma(factor, b[bAt + k * columns + j], c[row + j]);
                }
            }
        }
    }
}
