package io.evolo.tasks.kernels;

import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.Gemm.Strides;
import io.evolo.tasks.kernels.Reflections.Onto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Orthonormal bases by QR decomposition, with Householder reflections in blocks: Q [rows, columns] of A = QR with columns ≤ rows, whose
 * columns are orthonormal to some 1e-6·√rows whatever the rank of A; the diagonal of R has the sign opposite to that of what stands there
 * before its reflection. In float, 8/3·n³ floating-point operations for a square matrix, most of them in matrix products; a fixed order
 * of all sums.
 *
 * <p>The columns of A are scaled by powers of two first, which changes R alone: so they may differ by any factor. A matrix with a NaN or
 * an infinity has a Q of NaN.
 *
 * <p>Holds some 3·rows·columns values of working memory: one object belongs to one thread, and serves all matrices of one shape.
 */
public final class Qr {
    /** Columns whose reflections are applied together to all that follow. */
    static final int PANEL = 32;

    private final Work work;
    private final int rows;
    private final int columns;
    /** Columns of Q as rows. */
    private final float[] q;

    private final List<Reflections> panels = new ArrayList<>();
    /** How each panel is applied to the columns behind it. */
    private final List<Onto> onto = new ArrayList<>();
    /** How each panel is applied to the columns of Q from its own on. */
    private final List<Onto> ontoQ = new ArrayList<>();

    /** For matrices [rows, columns], columns ≤ rows. */
    public Qr(Twin twin, int rows, int columns) {
        if (columns < 1 || rows < columns) {
            throw new IllegalArgumentException("QR of a matrix [" + rows + ", " + columns + "]: expected at least one column and as many rows");
        }
        this.rows = rows;
        this.columns = columns;
        this.work = new Work(twin, rows, columns);
        this.q = new float[columns * work.stride()];
        for (int from = 0; from < columns; from += PANEL) {
            int count = Math.min(PANEL, columns - from);
            Reflections panel = new Reflections(work, from, count);
            panels.add(panel);
            onto.add(panel.onto(Form.NN, columns - from - count));
            ontoQ.add(panel.onto(Form.NT, columns - from));
        }
    }

    /** Whether this is for matrices of these sizes. */
    public boolean fits(int otherRows, int otherColumns) {
        return rows == otherRows && columns == otherColumns;
    }

    /** Floating-point operations as they are usually counted: of R and of Q, 2·columns²·(rows − columns/3) each. */
    public double flops() {
        return 4.0 * columns * columns * (rows - columns / 3.0);
    }

    /**
     * Writes Q [rows, columns] to y, from the columns of A, which lie as rows [columns, rows] at xAt of x: A transposed.
     *
     * @param y may be x
     */
    public void orthonormalize(float[] x, int xAt, float[] y, int yAt) {
        if (!work.load(x, xAt)) {
            Arrays.fill(y, yAt, yAt + rows * columns, Float.NaN);
            return;
        }
        for (int i = 0; i < panels.size(); i++) {
            Reflections panel = panels.get(i);
            panel.find();
            panel.apply(onto.get(i), work.matrix(), panel.from() + PANEL);
        }
        Arrays.fill(q, 0);
        for (int j = 0; j < columns; j++) {
            q[j * work.stride() + j] = 1;
        }
        for (int i = panels.size() - 1; i >= 0; i--) {
            panels.get(i).apply(ontoQ.get(i), q, panels.get(i).from());
        }
        Transpose.run(work.twin(), q, 0, work.stride(), columns, rows, y, yAt, columns);
    }

    /** The matrix as it is decomposed, its columns as rows, and what the reflections share. */
    static final class Work {
        /** Columns so many values apart, or a multiple, crowd into a few places of the first cache; some more values keep them apart. */
        private static final int CROWDED = 128;

        private static final int APART = 16;

        /** Of a column whose largest value was 1: squares below are not exact any more. */
        private static final double SMALL = 1e-20;

        private final Twin twin;
        private final int rows;
        private final int columns;
        private final int stride;
        private final LaneSums sums;
        private final PanelMemory memory = new PanelMemory();
        private final float[] matrix;
        private final float[] triangles;
        private final float[] tau;
        private final float[] p;
        private final float[] q;

        Work(Twin twin, int rows, int columns) {
            this.twin = twin;
            this.rows = rows;
            this.columns = columns;
            this.stride = rows % CROWDED == 0 ? rows + APART : rows;
            this.sums = new LaneSums(twin);
            this.matrix = new float[Math.multiplyExact(stride, columns)];
            this.triangles = new float[columns * PANEL + PANEL];
            this.tau = new float[columns];
            this.p = new float[columns * PANEL];
            this.q = new float[columns * PANEL];
        }

        Gemm product(Form form, int productRows, int productColumns, int depth, Strides strides) {
            return new Gemm(twin, form, productRows, productColumns, depth, strides, memory);
        }

        Twin twin() {
            return twin;
        }

        /** Distance of two columns, which lie as rows. */
        int stride() {
            return stride;
        }

        int rows() {
            return rows;
        }

        float[] matrix() {
            return matrix;
        }

        /** T of every group of reflections, in rows of {@link #PANEL} values beside the columns; 0 below the diagonals. */
        float[] triangles() {
            return triangles;
        }

        /** A place for P = CV. */
        float[] p() {
            return p;
        }

        /** A place for PT. */
        float[] q() {
            return q;
        }

        float tau(int column) {
            return tau[column];
        }

        /** Copies the columns, scaled; whether all are finite. */
        boolean load(float[] x, int xAt) {
            boolean finite = true;
            for (int j = 0; j < columns && finite; j++) {
                finite = scale(x, xAt + j * rows, matrix, j * stride, rows);
            }
            return finite;
        }

        /** y = x times the power of two that brings the largest of the values into [1, 2), or 0; whether all are finite. */
        private static boolean scale(float[] x, int xAt, float[] y, int yAt, int count) {
            float largest = 0;
            for (int i = 0; i < count; i++) {
                largest = Math.max(largest, Math.abs(x[xAt + i])); // NaN if there is one
            }
            int exponent = largest == 0 ? 0 : -Math.max(Math.getExponent(largest), Float.MIN_EXPONENT - 24);
            float half = Math.scalb(1f, exponent / 2); // the whole may be no float
            float rest = Math.scalb(1f, exponent - exponent / 2);
            for (int i = 0; i < count; i++) {
                y[yAt + i] = x[xAt + i] * half * rest;
            }
            return Float.isFinite(largest);
        }

        /** Turns what is left of a column into the vector of its reflection, with 1 at its head; returns and keeps τ. */
        float reflect(int column) {
            int at = column * stride + column;
            int count = rows - column;
            double square = sums.dot(matrix, at, matrix, at, count);
            if (square < SMALL) {
                // Next to nothing is left of a column that depends on those before it. Its length matters to R alone.
                scale(matrix, at, matrix, at, count);
                square = sums.dot(matrix, at, matrix, at, count);
            }
            float head = matrix[at];
            double norm = Math.sqrt(square);
            double image = head < 0 ? norm : -norm;
            tau[column] = norm == 0 ? 0 : (float) ((image - head) / image);
            if (norm != 0) {
                Elements.scale(twin, (float) (1 / (head - image)), matrix, at + 1, matrix, at + 1, count - 1);
            }
            matrix[at] = 1;
            return tau[column];
        }

        /** Product of two columns from a row on. */
        float dot(int column, int other, int row) {
            return sums.dot(matrix, column * stride + row, matrix, other * stride + row, rows - row);
        }

        /** other ← other − factor·column, from the column's own row on. */
        void subtract(int column, int other, float factor) {
            Elements.addScaled(twin, -factor, matrix, column * stride + column, matrix, other * stride + column, rows - column);
        }

        /** Clears what R has of a column in rows [from, to). */
        void clear(int column, int from, int to) {
            Arrays.fill(matrix, column * stride + from, column * stride + to, 0);
        }
    }
}
