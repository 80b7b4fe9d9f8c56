package io.evolo.tasks.kernels;

import io.evolo.tasks.kernels.Gemm.Form;
import io.evolo.tasks.kernels.Gemm.Strides;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Orthonormal bases by QR decomposition, with Householder reflections in blocks: Q [rows, columns] of A = QR with columns ≤ rows, whose
 * columns are orthonormal to some 1e-6·√rows whatever the rank of A; the diagonal of R has the sign opposite to that of what stands there
 * before its reflection. In float, 8/3·n³ floating-point operations for a square matrix, most of them in matrix products; a fixed order
 * of all sums: both twins give the same bits.
 *
 * <p>The columns of A are scaled by powers of two first, which changes R alone: so they may differ by any factor. A matrix with a NaN or
 * an infinity has a Q of NaN.
 *
 * <p>Holds some 2·rows·columns values of working memory: one object belongs to one thread, and serves all matrices of one shape.
 */
public final class Qr {
    /** Columns whose reflections are found, and then applied, together. */
    private static final int MOST = Reflections.MOST;

    private static final int INFINITE = 0x7f800000;
    private static final int MANTISSA_BITS = 23;

    /** Columns so many values apart, or a multiple, crowd into a few places of the first cache; some more values keep them apart. */
    private static final int CROWDED = 128;

    private static final int APART = 16;

    private final Twin twin;
    private final int rows;
    private final int columns;
    /** Distance of two columns, which lie as rows. */
    private final int stride;

    /** A, and later the vectors of its reflections, 0 in front of their heads. */
    private final float[] matrix;

    private final float[] q;
    private final Reflections reflections;
    private final PanelMemory memory = new PanelMemory();
    private final float[] p;
    private final float[] pt;
    private final List<Panel> panels = new ArrayList<>();

    /**
     * Some neighbouring columns, whose reflections V are applied together, as X ← X − (XV)TVᵀ to the columns X that follow, which lie as
     * rows, and as X ← X − (XV)TᵀVᵀ to the columns of Q from these on.
     *
     * @param t −T, in rows of {@link Reflections#MOST} values
     * @param onto XV, its product with −T, and that with what Vᵀ has behind the panel's own rows; none behind the last columns
     * @param ontoQ XV of the columns behind the panel's, which are 0 in its rows, if there are any; the product with −Tᵀ, that with Vᵀ
     */
    private record Panel(int from, int count, float[] t, List<Gemm> onto, List<Gemm> ontoQ) {}

    /** For matrices [rows, columns], columns ≤ rows. */
    public Qr(Twin twin, int rows, int columns) {
        if (columns < 1 || rows < columns) {
            throw new IllegalArgumentException("QR of a matrix [" + rows + ", " + columns + "]: expected at least one column and as many rows");
        }
        this.twin = twin;
        this.rows = rows;
        this.columns = columns;
        this.stride = rows % CROWDED == 0 ? rows + APART : rows;
        this.matrix = new float[Math.multiplyExact(stride, columns)];
        this.q = new float[matrix.length];
        this.reflections = new Reflections(twin, rows);
        this.p = new float[columns * MOST];
        this.pt = new float[columns * MOST];
        for (int from = 0; from < columns; from += MOST) {
            panels.add(panel(from, Math.min(MOST, columns - from)));
        }
    }

    private Panel panel(int from, int count) {
        int height = rows - from;
        int others = columns - from - count;
        List<Gemm> onto = new ArrayList<>();
        List<Gemm> ontoQ = new ArrayList<>();
        if (others > 0) {
            onto.add(gemm(Form.NT, others, count, height, stride, stride, MOST));
            onto.add(gemm(Form.NN, others, count, count, MOST, MOST, MOST));
            onto.add(gemm(Form.NN, others, height - count, count, MOST, stride, stride));
            ontoQ.add(gemm(Form.NT, others, count, height - count, stride, stride, MOST));
        }
        ontoQ.add(gemm(Form.NT, others + count, count, count, MOST, MOST, MOST));
        ontoQ.add(gemm(Form.NN, others + count, height, count, MOST, stride, stride));
        return new Panel(from, count, new float[MOST * MOST], onto, ontoQ);
    }

    /** With the distances of the operands' rows. */
    private Gemm gemm(Form form, int height, int width, int depth, int a, int b, int c) {
        return new Gemm(twin, form, height, width, depth, Strides.rows(form, a, b, c), memory);
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
        if (!load(x, xAt)) {
            Arrays.fill(y, yAt, yAt + rows * columns, Float.NaN);
            return;
        }
        for (int i = 0; i < panels.size(); i++) {
            decompose(panels.get(i));
        }
        Arrays.fill(q, 0);
        for (int i = panels.size() - 1; i >= 0; i--) {
            form(panels.get(i));
        }
        Transpose.run(twin, q, 0, stride, columns, rows, y, yAt, columns);
    }

    /** Copies the columns, scaled; whether all are finite. */
    private boolean load(float[] x, int xAt) {
        boolean finite = true;
        for (int j = 0; j < columns && finite; j++) {
            int largest = largest(x, xAt + j * rows, rows);
            finite = largest < INFINITE;
            scale(largest, x, xAt + j * rows, matrix, j * stride, rows);
        }
        return finite;
    }

    /** The bits of the largest magnitude, which are in the order of the magnitudes; those of an infinity or more if not all are finite. */
    private static int largest(float[] x, int at, int count) {
        int largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Float.floatToRawIntBits(x[at + i]) & Integer.MAX_VALUE);
        }
        return largest;
    }

    /** y = x times the power of two that brings the largest of the values to about 1. */
    private static void scale(int largest, float[] x, int xAt, float[] y, int yAt, int count) {
        int exponent = Math.clamp(2 * Float.MAX_EXPONENT - (largest >> MANTISSA_BITS), 1, 2 * Float.MAX_EXPONENT);
        float factor = Float.intBitsToFloat(exponent << MANTISSA_BITS);
        for (int i = 0; i < count; i++) {
            y[yAt + i] = x[xAt + i] * factor;
        }
    }

    /** Finds the panel's reflections and applies them to the columns behind it, of which the rows that R has there are not kept. */
    private void decompose(Panel panel) {
        int corner = corner(panel.from);
        reflections.find(matrix, corner, stride, panel.count, rows - panel.from, panel.t);
        if (panel.onto.isEmpty()) {
            return;
        }
        int others = corner + panel.count * stride;
        panel.onto.get(0).multiply(matrix, others, matrix, corner, p, 0);
        panel.onto.get(1).multiply(p, 0, panel.t, 0, pt, 0);
        panel.onto.get(2).multiplyAdd(pt, 0, matrix, corner + panel.count, matrix, others + panel.count);
    }

    /** Begins the panel's columns of Q and applies its reflections to them and to those behind. */
    private void form(Panel panel) {
        int corner = corner(panel.from);
        int last = panel.ontoQ.size() - 1;
        for (int i = 0; i < panel.count; i++) {
            q[corner + i * stride + i] = 1;
        }
        Transpose.run(twin, matrix, corner, stride, panel.count, panel.count, p, 0, MOST);
        if (last == 2) {
            panel.ontoQ.get(0).multiply(q, corner(panel.from + panel.count), matrix, corner + panel.count, p, panel.count * MOST);
        }
        panel.ontoQ.get(last - 1).multiply(p, 0, panel.t, 0, pt, 0);
        panel.ontoQ.get(last).multiplyAdd(pt, 0, matrix, corner, q, corner);
    }

    private int corner(int column) {
        return column * stride + column;
    }
}
