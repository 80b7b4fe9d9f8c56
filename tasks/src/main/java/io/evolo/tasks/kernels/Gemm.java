package io.evolo.tasks.kernels;

import java.util.Objects;

/**
 * The matrix products of forward and backward: C [rows, columns] = start + op(A)·op(B), where op may transpose one operand and depth
 * is the axis that the sum runs over. All matrices are row-major and begin anywhere in an array; {@link Strides} says where they are
 * parts of larger ones.
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

    /**
     * Where the entries of matrices lie that are parts of larger ones. The depth axis may be cut into segments of equal length: a
     * convolution's kernel rows, or a sequence of every example.
     *
     * @param aRow distance in A of two neighbours along the rows of C
     * @param aDepth distance in A of two neighbours along the depth
     * @param aSegment distance in A of the first entries of two segments; for B the same, {@code bSegment}
     * @param bRow distance of two neighbouring rows of B as it is stored
     * @param cRow distance of two neighbouring rows of C
     */
    public record Strides(int aRow, int aDepth, int aSegment, int bRow, int bSegment, int cRow) {

        /** Of matrices in one segment, with the distances of their rows as they are stored. */
        public static Strides rows(Form form, int a, int b, int c) {
            return new Strides(form == Form.TN ? 1 : a, form == Form.TN ? a : 1, 0, b, 0, c);
        }
    }

    /** One way to do it: row i of C starts as the {@code columns} values of z at zAt + i·zStride. */
    private interface Kernel {
        void run(float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt);
    }

    /** Operations from which on a {@link Team} shares a product out: some 20 µs of one thread. */
    static final double WORTH_SHARING = 2e6;

    final Twin twin;
    private final Kernel kernel;
    /** This product in parts, once a team has asked for it. */
    private SharedProduct shared;

    final Form form;
    /** Whether C is known to be symmetric: then half of it is computed. */
    final boolean symmetric;

    final int rows;
    final int columns;
    final int segments;
    /** Of one segment. */
    final int depth;
    /** Distance in A of two neighbours along the rows of C, and along the depth. */
    final int rowStride;

    final int depthStride;
    /** Distance of the begins of two segments, in A and in B. */
    final int aSegment;

    final int bSegment;
    /** Distance of two neighbours along the depth in B, or in its transpose where B is stored transposed. */
    final int bStride;
    /** Distance of two rows of B as it is stored. */
    final int bStored;

    final int cStride;
    private final float[] zeros;

    /** The product of whole matrices. */
    public Gemm(Twin twin, Form form, int rows, int columns, int depth) {
        this(twin, form, rows, columns, 1, depth, dense(form, rows, columns, depth));
    }

    /** The product of parts of larger matrices; the depth is {@code segments} times {@code depth}. */
    public Gemm(Twin twin, Form form, int rows, int columns, int segments, int depth, Strides strides) {
        this(twin, Tiles.of(rows, columns, Math.multiplyExact(segments, depth)), form, false, rows, columns, segments, depth, strides,
                new PanelMemory());
    }

    /** The same in one segment, with memory that other products of this thread use too. */
    public Gemm(Twin twin, Form form, int rows, int columns, int depth, Strides strides, PanelMemory memory) {
        this(twin, Tiles.PANELS, form, false, rows, columns, 1, depth, strides, memory);
    }

    /**
     * The product [n, n] of whole matrices whose result is symmetric, as XXᵀ (NT, A and B both X), XᵀX (TN) and A² of a symmetric A
     * are. The half right of the diagonal is computed and mirrored: the same bits as the whole product, because both halves are sums
     * of the same terms in the same order. Of a product that is symmetric but for rounding, as that of two polynomials of one
     * symmetric matrix, the right half counts. What C starts with must be symmetric too.
     */
    public static Gemm symmetric(Twin twin, Form form, int n, int depth) {
        return symmetric(twin, form, n, depth, dense(form, n, n, depth), new PanelMemory());
    }

    /** The same of parts of larger matrices, with memory that other products of this thread use too. */
    public static Gemm symmetric(Twin twin, Form form, int n, int depth, Strides strides, PanelMemory memory) {
        return new Gemm(twin, Tiles.PANELS, form, true, n, n, 1, depth, strides, memory);
    }

    /** How the vector twin cuts C. */
    enum Tiles {
        /**
         * Tiles of up to four by four vectors over operands where they lie. Those of four rows need 32 registers, and all need the
         * operands in the caches.
         */
        IN_PLACE,
        /** {@link PanelProduct}. */
        PANELS;

        /** Rows up to which a copy of B costs more than it saves. */
        private static final int FEW_ROWS = 3;
        /** Values of the larger operand that fit the second cache. */
        private static final int MANY = 1 << 17;

        static Tiles of(int rows, int columns, int depth) {
            boolean fits = (long) depth * Math.max(rows, columns) <= MANY;
            return rows <= FEW_ROWS || fits && Twin.selected() == Twin.VECTOR && Registers.VECTORS >= 32 ? IN_PLACE : PANELS;
        }
    }

    /** For tests, with the tiles as wanted. */
    Gemm(
            Twin twin, Tiles tiles, Form form, boolean symmetric, int rows, int columns, int segments, int depth, Strides strides,
            PanelMemory memory) {
        if (rows < 1 || columns < 1 || segments < 1 || depth < 1) {
            throw new IllegalArgumentException("product of " + rows + "×" + segments + "·" + depth + " and " + segments + "·" + depth
                    + "×" + columns + ": every axis must be at least 1");
        }
        if (form == Form.NT && segments > 1) {
            throw new IllegalArgumentException("a product with B stored transposed has " + segments + " segments, expected 1");
        }
        this.twin = twin;
        this.form = form;
        this.symmetric = symmetric;
        this.rows = rows;
        this.columns = columns;
        this.segments = segments;
        this.depth = depth;
        this.rowStride = strides.aRow;
        this.depthStride = strides.aDepth;
        this.aSegment = strides.aSegment;
        this.bStride = form == Form.NT ? columns : strides.bRow;
        this.bStored = strides.bRow;
        this.bSegment = strides.bSegment;
        this.cStride = strides.cRow;
        this.zeros = new float[columns];
        this.kernel = kernel(tiles, memory);
    }

    private Kernel kernel(Tiles tiles, PanelMemory memory) {
        if (twin == Twin.PLAIN) {
            return transposing(this::plain);
        }
        return switch (tiles) {
            case IN_PLACE -> transposing((a, aAt, b, bAt, z, zAt, zStride, c, cAt) ->
                    GemmVectors.run(this, a, aAt, b, bAt, z, zAt, zStride, c, cAt));
            case PANELS -> new PanelProduct(this, memory)::run;
        };
    }

    /** The product of some of the rows and columns, wherever they begin; null if there are none. */
    Gemm part(boolean ofSymmetric, int someRows, int someColumns) {
        if (someRows == 0 || someColumns == 0) {
            return null;
        }
        Tiles tiles = ofSymmetric ? Tiles.PANELS : Tiles.of(someRows, someColumns, Math.multiplyExact(segments, depth));
        Strides strides = new Strides(rowStride, depthStride, aSegment, bStored, bSegment, cStride);
        return new Gemm(twin, tiles, form, ofSymmetric, someRows, someColumns, segments, depth, strides, new PanelMemory());
    }

    /** For a kernel that wants rows of B. */
    private Kernel transposing(Kernel kernel) {
        if (form != Form.NT) {
            return kernel;
        }
        float[] transposed = new float[Math.multiplyExact(depth, columns)];
        return (a, aAt, b, bAt, z, zAt, zStride, c, cAt) -> {
            Transpose.run(twin, b, bAt, bStored, columns, depth, transposed, 0, columns);
            kernel.run(a, aAt, transposed, 0, z, zAt, zStride, c, cAt);
        };
    }

    private static Strides dense(Form form, int rows, int columns, int depth) {
        return Strides.rows(form, form == Form.TN ? rows : depth, form == Form.NT ? depth : columns, columns);
    }

    /** C = op(A)·op(B); A, B, C begin at aAt, bAt, cAt. C must not overlap A or B. */
    public void multiply(float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
        check(a, aAt, b, bAt, c, cAt);
        run(a, aAt, b, bAt, zeros, 0, 0, c, cAt);
    }

    /** C = C + op(A)·op(B). */
    public void multiplyAdd(float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
        check(a, aAt, b, bAt, c, cAt);
        run(a, aAt, b, bAt, c, cAt, cStride, c, cAt);
    }

    /** C = op(A)·op(B), and the vector [columns] at biasAt added to every row. */
    public void multiplyBias(float[] a, int aAt, float[] b, int bAt, float[] bias, int biasAt, float[] c, int cAt) {
        check(a, aAt, b, bAt, c, cAt);
        Objects.checkFromIndexSize(biasAt, columns, bias.length);
        run(a, aAt, b, bAt, bias, biasAt, 0, c, cAt);
    }

    /** Row i of C starts as the {@code columns} values of z at zAt + i·zStride. */
    void run(float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt) {
        int threads = flops() < WORTH_SHARING ? 1 : Team.size();
        if (threads == 1) {
            kernel.run(a, aAt, b, bAt, z, zAt, zStride, c, cAt);
            return;
        }
        if (shared == null || shared.threads() != threads) {
            shared = new SharedProduct(this, threads);
        }
        shared.run(a, aAt, b, bAt, z, zAt, zStride, c, cAt);
    }

    /** Floating-point operations of one product. */
    public double flops() {
        return 2.0 * rows * columns * segments * depth;
    }

    private void check(float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
        int lastSegment = segments - 1;
        Objects.checkFromIndexSize(aAt, lastSegment * aSegment + (rows - 1) * rowStride + (depth - 1) * depthStride + 1, a.length);
        int bRows = form == Form.NT ? columns : depth;
        int bColumns = form == Form.NT ? depth : columns;
        Objects.checkFromIndexSize(bAt, lastSegment * bSegment + (bRows - 1) * bStored + bColumns, b.length);
        Objects.checkFromIndexSize(cAt, (rows - 1) * cStride + columns, c.length);
    }

    private void plain(float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt) {
        for (int i = 0; i < rows; i++) {
            int row = cAt + i * cStride;
            System.arraycopy(z, zAt + i * zStride, c, row, columns);
            for (int s = 0; s < segments; s++) {
                int aFrom = aAt + i * rowStride + s * aSegment;
                plainSegment(a, aFrom, b, bAt + s * bSegment, c, row);
            }
            for (int j = 0; symmetric && j < i; j++) {
                c[row + j] = c[cAt + j * cStride + i];
            }
        }
    }

    private void plainSegment(float[] a, int aAt, float[] b, int bAt, float[] c, int row) {
        for (int k = 0; k < depth; k++) {
            float factor = a[aAt + k * depthStride];
            for (int j = 0; j < columns; j++) {
                c[row + j] = Math.fma(factor, b[bAt + k * bStride + j], c[row + j]);
            }
        }
    }
}
