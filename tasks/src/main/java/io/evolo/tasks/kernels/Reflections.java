package io.evolo.tasks.kernels;

import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.Gemm.Strides;

/**
 * Some neighbouring Householder reflections I − τvvᵀ of {@link Qr} as one, I − VTVᵀ (Schreiber and Van Loan 1989). Half of them are
 * found first and applied to the columns of the other half (Elmroth and Gustavson 2000), so that all but the smallest groups are made of
 * matrix products.
 *
 * <p>The matrix lies with its columns as rows, and so do the vectors, which take the place of the columns that they came from: V is some
 * rows of it, 0 in front of its first row's first entry, and T is kept in the rows of an array beside it.
 */
final class Reflections {
    /** So few columns are taken one by one. */
    private static final int FEW = 8;

    private final Qr.Work work;
    private final int from;
    private final int count;
    /** The two halves; none where there are few columns. */
    private final Reflections[] halves;

    private final Onto halfOntoOther;
    private final Gemm[] triangle;

    /**
     * @param from first column, and first row in which V is not 0
     * @param count of columns
     */
    Reflections(Qr.Work work, int from, int count) {
        this.work = work;
        this.from = from;
        this.count = count;
        int half = (count / 2 + FEW - 1) / FEW * FEW;
        boolean few = count <= FEW;
        this.halves = few
                ? new Reflections[0]
                : new Reflections[] {new Reflections(work, from, half), new Reflections(work, from + half, count - half)};
        this.halfOntoOther = few ? Onto.NOTHING : halves[0].onto(Form.NN, count - half);
        this.triangle = few ? new Gemm[0] : triangle(halves[0], halves[1]);
    }

    /** Of VᵀW [left, right] for the vectors of both halves, of its product with the left triangle, and of that with the right one. */
    private Gemm[] triangle(Reflections left, Reflections right) {
        int stride = work.stride();
        var gram = Strides.rows(Form.NT, stride, stride, right.count);
        var byLeft = Strides.rows(Form.NN, Qr.PANEL, right.count, right.count);
        var byRight = Strides.rows(Form.NN, right.count, Qr.PANEL, Qr.PANEL);
        return new Gemm[] {
            work.product(Form.NT, left.count, right.count, work.rows() - right.from, gram),
            work.product(Form.NN, left.count, right.count, left.count, byLeft),
            work.product(Form.NN, left.count, right.count, right.count, byRight)
        };
    }

    int from() {
        return from;
    }

    /** Where T of a panel has the entry of two of its columns. */
    private static int place(int row, int column) {
        return row * Qr.PANEL + column % Qr.PANEL;
    }

    /**
     * How these reflections are applied to {@code columns} columns C, which lie as rows: P = CV, then PT (NN) or PTᵀ (NT), which is
     * subtracted times Vᵀ.
     */
    Onto onto(Form form, int columns) {
        if (columns == 0) {
            return Onto.NOTHING;
        }
        int stride = work.stride();
        return new Onto(
                columns,
                work.product(Form.NT, columns, count, work.rows() - from, Strides.rows(Form.NT, stride, stride, count)),
                work.product(form, columns, count, count, Strides.rows(form, count, Qr.PANEL, count)),
                work.product(Form.NN, columns, work.rows() - from, count, Strides.rows(Form.NN, count, stride, stride)));
    }

    /** The products of one application; of none, where there are no columns. */
    record Onto(int columns, Gemm[] products) {
        static final Onto NOTHING = new Onto(0, new Gemm[0]);

        Onto(int columns, Gemm first, Gemm second, Gemm third) {
            this(columns, new Gemm[] {first, second, third});
        }
    }

    /** Applies these reflections to columns of x from the given one on. */
    void apply(Onto onto, float[] x, int column) {
        if (onto.columns == 0) {
            return;
        }
        float[] v = work.matrix();
        int at = from * work.stride() + from;
        int to = column * work.stride() + from;
        onto.products[0].multiply(x, to, v, at, work.p(), 0);
        onto.products[1].multiply(work.p(), 0, work.triangles(), place(from, from), work.q(), 0);
        Elements.scale(work.twin(), -1, work.q(), 0, work.q(), 0, onto.columns * count);
        onto.products[2].multiplyAdd(work.q(), 0, v, at, x, to);
    }

    /** Turns these columns into the vectors that bring them to triangular form, and finds T. */
    void find() {
        if (halves.length == 0) {
            findFew();
            return;
        }
        Reflections left = halves[0];
        Reflections right = halves[1];
        left.find();
        left.apply(halfOntoOther, work.matrix(), right.from);
        right.find();
        for (int column = right.from; column < right.from + right.count; column++) {
            work.clear(column, from, right.from);
        }
        float[] v = work.matrix();
        int stride = work.stride();
        float[] t = work.triangles();
        triangle[0].multiply(v, left.from * stride + right.from, v, right.from * stride + right.from, work.p(), 0);
        triangle[1].multiply(t, place(left.from, left.from), work.p(), 0, work.q(), 0);
        Elements.scale(work.twin(), -1, work.q(), 0, work.q(), 0, left.count * right.count);
        triangle[2].multiply(work.q(), 0, t, place(right.from, right.from), t, place(left.from, right.from));
    }

    private void findFew() {
        for (int column = from; column < from + count; column++) {
            float tau = work.reflect(column);
            for (int other = column + 1; other < from + count; other++) {
                work.subtract(column, other, tau * work.dot(column, other, column));
            }
        }
        float[] t = work.triangles();
        for (int j = 0; j < count; j++) {
            work.clear(from + j, from, from + j);
            float tau = work.tau(from + j);
            for (int i = 0; i < j; i++) {
                work.p()[i] = work.dot(from + i, from + j, from + j);
            }
            for (int i = 0; i < j; i++) {
                float sum = 0;
                for (int k = i; k < j; k++) {
                    sum = Math.fma(t[place(from + i, from + k)], work.p()[k], sum);
                }
                t[place(from + i, from + j)] = -tau * sum;
            }
            t[place(from + j, from + j)] = tau;
        }
    }
}
