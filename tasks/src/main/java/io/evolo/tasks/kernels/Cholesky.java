package io.evolo.tasks.kernels;

import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.Gemm.Strides;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The inverse of a symmetric positive definite matrix by its Cholesky factor A = LLᵀ, in blocks: L, the inverse of the triangle L, and
 * A⁻¹ = L⁻ᵀL⁻¹. In float, n³ operations, nearly all in matrix products; a fixed order of all sums. Errors are some 1e-7 times the
 * condition of the matrix.
 *
 * <p>Holds 2n² values of working memory: one object belongs to one thread, and serves all matrices of one size.
 */
public final class Cholesky {
    private static final int BLOCK = 32;

    private final Twin twin;
    private final int n;
    private final float[] a;
    private final float[] inverse;
    private final float[] p;
    private final float[] q;
    private final List<Block> blocks = new ArrayList<>();
    private final Gemm square;

    /**
     * The products of one block of rows and columns: of the triangle below it with its inverse, of what that takes from the rest; of
     * the inverse's rows in two steps. The lists are empty where nothing is below, or before.
     */
    private record Block(int from, int count, List<Gemm> below, List<Gemm> before) {}

    /** For matrices [n, n]. */
    public Cholesky(Twin twin, int n) {
        if (n < 1) {
            throw new IllegalArgumentException("Cholesky factor of a matrix [" + n + ", " + n + "]: expected at least one row");
        }
        this.twin = twin;
        this.n = n;
        this.a = new float[Math.multiplyExact(n, n)];
        this.inverse = new float[n * n];
        this.p = new float[n * BLOCK];
        this.q = new float[n * BLOCK];
        PanelMemory memory = new PanelMemory();
        for (int from = 0; from < n; from += BLOCK) {
            blocks.add(block(from, Math.min(BLOCK, n - from), memory));
        }
        this.square = Gemm.symmetric(twin, Form.TN, n, n, Strides.rows(Form.TN, n, n, n), memory);
    }

    private Block block(int from, int count, PanelMemory memory) {
        int rest = n - from - count;
        List<Gemm> below = rest == 0
                ? List.of()
                : List.of(
                        new Gemm(twin, Form.NT, rest, count, count, Strides.rows(Form.NT, n, n, count), memory),
                        Gemm.symmetric(twin, Form.NT, rest, count, Strides.rows(Form.NT, count, count, n), memory));
        List<Gemm> before = from == 0
                ? List.of()
                : List.of(
                        new Gemm(twin, Form.NN, count, from, from, Strides.rows(Form.NN, n, n, from), memory),
                        new Gemm(twin, Form.NN, count, from, count, Strides.rows(Form.NN, count, from, n), memory));
        return new Block(from, count, below, before);
    }

    public int n() {
        return n;
    }

    /**
     * Writes the inverse of x + shift·I, where x is symmetric, to y at yAt, which may be x; NaN where the sum is not positive definite
     * in float, or x holds a NaN.
     */
    public void invertShifted(float[] x, int xAt, double shift, float[] y, int yAt) {
        System.arraycopy(x, xAt, a, 0, n * n);
        for (int i = 0; i < n; i++) {
            a[i * n + i] += (float) shift;
        }
        Arrays.fill(inverse, 0);
        boolean definite = true;
        for (int i = 0; i < blocks.size() && definite; i++) {
            definite = factor(blocks.get(i));
        }
        if (!definite) {
            Arrays.fill(y, yAt, yAt + n * n, Float.NaN);
            return;
        }
        for (int i = 0; i < blocks.size(); i++) {
            invert(blocks.get(i));
        }
        square.multiply(inverse, 0, inverse, 0, y, yAt);
    }

    /** The block's part of L, and the inverse of its triangle; whether its pivots are positive. */
    private boolean factor(Block block) {
        int corner = block.from * n + block.from;
        if (!triangle(corner, block.count)) {
            return false;
        }
        invertTriangle(corner, block.count);
        if (!block.below.isEmpty()) {
            int rest = n - block.from - block.count;
            int below = corner + block.count * n;
            block.below.getFirst().multiply(a, below, inverse, corner, p, 0);
            Elements.scale(twin, -1, p, 0, q, 0, rest * block.count);
            block.below.getLast().multiplyAdd(q, 0, p, 0, a, below + block.count);
            for (int i = 0; i < rest; i++) {
                System.arraycopy(p, i * block.count, a, below + i * n, block.count);
            }
        }
        return true;
    }

    private boolean triangle(int corner, int count) {
        for (int j = 0; j < count; j++) {
            double pivot = a[corner + j * n + j];
            for (int k = 0; k < j; k++) {
                pivot -= (double) a[corner + j * n + k] * a[corner + j * n + k];
            }
            if (!(pivot > 0) || pivot == Double.POSITIVE_INFINITY) {
                return false;
            }
            double root = Math.sqrt(pivot);
            a[corner + j * n + j] = (float) root;
            for (int i = j + 1; i < count; i++) {
                double sum = a[corner + i * n + j];
                for (int k = 0; k < j; k++) {
                    sum -= (double) a[corner + i * n + k] * a[corner + j * n + k];
                }
                a[corner + i * n + j] = (float) (sum / root);
            }
        }
        return true;
    }

    private void invertTriangle(int corner, int count) {
        for (int j = 0; j < count; j++) {
            inverse[corner + j * n + j] = 1 / a[corner + j * n + j];
            for (int i = j + 1; i < count; i++) {
                double sum = 0;
                for (int k = j; k < i; k++) {
                    sum += (double) a[corner + i * n + k] * inverse[corner + k * n + j];
                }
                inverse[corner + i * n + j] = (float) (-sum / a[corner + i * n + i]);
            }
        }
    }

    /** The block's rows of L⁻¹ left of its triangle: −(its triangle)⁻¹·(L's rows)·(L⁻¹ so far). */
    private void invert(Block block) {
        if (block.before.isEmpty()) {
            return;
        }
        int row = block.from * n;
        block.before.getFirst().multiply(a, row, inverse, 0, p, 0);
        int corner = row + block.from;
        for (int i = 0; i < block.count; i++) {
            Elements.scale(twin, -1, inverse, corner + i * n, q, i * block.count, block.count);
        }
        block.before.getLast().multiply(q, 0, p, 0, inverse, row);
    }
}
