package io.evolo.tasks.kernels;

import java.util.Arrays;

/**
 * Householder reflections I − τvvᵀ that bring some neighbouring columns to triangular form, and all of them as one, I − VTVᵀ (Schreiber
 * and Van Loan 1989). The columns lie side by side in rows of {@link #MOST} values, 0 where there are fewer. One pass over them for each
 * reflection applies it and multiplies the column whose turn is next with all the others: with those behind it, which it is about to be
 * applied to, and with those before it, which make T. So products with a vector need no sums across lanes.
 *
 * <p>Vectors v have no 1 at their heads, but the length that comes of itself: twice the work of scaling them is saved, and
 * τ = 1/(‖x‖(‖x‖ + |x₁|)) is as exact. Both twins give the same bits.
 */
final class Reflections {
    /** Columns that are taken together. */
    static final int MOST = 32;

    /** Of a column whose largest value was about 1: what is left of it, squared, is rounding if it is less. */
    private static final float NOTHING = 1e-20f;

    private final Twin twin;
    private final float[] v;
    /** What the next reflection is made of, and the one that is being applied, from their own rows on. */
    private float[] next;

    private float[] current;
    /** The next column times all others. */
    private final float[] products = new float[MOST];
    /** What of the current vector is added to each column. */
    private final float[] factors = new float[MOST];
    private final float[] tau = new float[MOST];
    /** VᵀV right of its diagonal. */
    private final float[] gram = new float[MOST * MOST];

    /** @param rows of the longest columns */
    Reflections(Twin twin, int rows) {
        this.twin = twin;
        this.v = new float[Math.multiplyExact(rows, MOST)];
        this.next = new float[rows];
        this.current = new float[rows];
    }

    /**
     * Replaces {@code count} columns, which lie as rows of x, by the vectors of their reflections, 0 in front of the heads, and writes −T
     * to t in rows of {@link #MOST} values.
     *
     * @param rows length of a column
     */
    void find(float[] x, int xAt, int stride, int count, int rows, float[] t) {
        if (count < MOST) {
            Arrays.fill(v, 0, rows * MOST, 0);
        }
        Transpose.run(twin, x, xAt, stride, count, rows, v, 0, MOST);
        Arrays.fill(factors, 0);
        for (int column = 0; column < count; column++) {
            advance(column, rows);
            reflect(column, rows);
        }
        for (int i = 0; i < count; i++) {
            Arrays.fill(v, i * MOST + i + 1, i * MOST + MOST, 0);
        }
        Transpose.run(twin, v, 0, MOST, rows, count, x, xAt, stride);
        triangle(count, t);
    }

    /** Applies the current reflection from the given row on, which is where the next column begins. */
    private void advance(int row, int rows) {
        float factor = factors[row];
        for (int i = row; i < rows; i++) {
            next[i] = Math.fma(current[i], factor, v[i * MOST + row]);
        }
        switch (twin) {
            case PLAIN -> plain(row, rows);
            case VECTOR -> ReflectionVectors.advance(v, row, rows, current, factors, next, products);
        }
    }

    /** Sums of every other row, and of the rows between. */
    private void plain(int row, int rows) {
        for (int column = 0; column < MOST; column++) {
            float even = 0;
            float odd = 0;
            for (int i = row; i < rows; i++) {
                int at = i * MOST + column;
                v[at] = Math.fma(current[i], factors[column], v[at]);
                float sum = Math.fma(next[i], v[at], (i - row) % 2 == 0 ? even : odd);
                even = (i - row) % 2 == 0 ? sum : even;
                odd = (i - row) % 2 == 0 ? odd : sum;
            }
            products[column] = even + odd;
        }
    }

    /** The next column's reflection becomes the current one. */
    private void reflect(int column, int rows) {
        float[] swapped = current;
        current = next;
        next = swapped;
        int row = column * MOST;
        float square = products[column];
        if (square < NOTHING) {
            leave(column, rows);
            return;
        }
        float norm = (float) Math.sqrt(square);
        float head = current[column];
        float image = head < 0 ? norm : -norm;
        tau[column] = 1 / (norm * (norm + Math.abs(head)));
        v[row + column] = head - image;
        Arrays.fill(factors, 0);
        for (int j = 0; j < column; j++) {
            gram[j * MOST + column] = products[j] - image * v[row + j];
        }
        for (int j = column + 1; j < MOST; j++) {
            factors[j] = -tau[column] * (products[j] - image * v[row + j]);
        }
    }

    /** Nothing is left of a column that depends on those before it: there is nothing to reflect. */
    private void leave(int column, int rows) {
        tau[column] = 0;
        for (int i = column; i < rows; i++) {
            v[i * MOST + column] = 0;
        }
        for (int j = 0; j < column; j++) {
            gram[j * MOST + column] = 0;
        }
        Arrays.fill(factors, 0);
    }

    /** The inverse of −(diag(1/τ) + what VᵀV has right of its diagonal), row by row from the last on. */
    private void triangle(int count, float[] t) {
        for (int i = count - 1; i >= 0; i--) {
            int row = i * MOST;
            switch (twin) {
                case PLAIN -> plainRow(i, count, t);
                case VECTOR -> ReflectionVectors.triangleRow(gram, i, count, t);
            }
            for (int j = 0; j < MOST; j++) {
                t[row + j] *= -tau[i];
            }
            t[row + i] = -tau[i];
        }
    }

    private void plainRow(int i, int count, float[] t) {
        for (int column = 0; column < MOST; column++) {
            float sum = 0;
            for (int j = i + 1; j < count; j++) {
                sum = Math.fma(gram[i * MOST + j], t[j * MOST + column], sum);
            }
            t[i * MOST + column] = sum;
        }
    }
}
