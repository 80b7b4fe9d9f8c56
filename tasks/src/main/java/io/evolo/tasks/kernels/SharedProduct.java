package io.evolo.tasks.kernels;

/**
 * A product cut into one part for each thread of a {@link Team}: rows of C or columns of C, whichever it has more of, so that less is
 * copied twice. Each part is a product of its own, with its own scratch memory. Of a symmetric product, every part but the last is some
 * rows from the diagonal on, all of about the same area, and the last one is symmetric itself.
 */
final class SharedProduct {
    /** Rows and columns are cut at multiples of the tiles' sides, so that no part has odd ends of its own. */
    private static final int GRAIN = PanelTiles.PANEL;

    private final Gemm whole;
    private final Gemm[] parts;
    /** Of part i: its first row and column in C. */
    private final int[] row;

    private final int[] column;

    SharedProduct(Gemm whole, int threads) {
        this.whole = whole;
        this.parts = new Gemm[threads];
        this.row = new int[threads];
        this.column = new int[threads];
        for (int i = 0; i < threads; i++) {
            if (whole.symmetric) {
                triangle(i, threads);
            } else {
                rectangle(i, threads);
            }
        }
    }

    int threads() {
        return parts.length;
    }

    private void rectangle(int i, int threads) {
        if (whole.rows >= whole.columns) {
            row[i] = Team.cut(whole.rows, GRAIN, i, threads);
            parts[i] = whole.part(false, Team.cut(whole.rows, GRAIN, i + 1, threads) - row[i], whole.columns);
        } else {
            column[i] = Team.cut(whole.columns, GRAIN, i, threads);
            parts[i] = whole.part(false, whole.rows, Team.cut(whole.columns, GRAIN, i + 1, threads) - column[i]);
        }
    }

    /** A trapezium below which k rows are left has the area (n² − k²) / 2. */
    private void triangle(int i, int threads) {
        int n = whole.rows;
        row[i] = corner(n, i, threads);
        column[i] = row[i];
        boolean last = i == threads - 1;
        parts[i] = whole.part(last, (last ? n : corner(n, i + 1, threads)) - row[i], n - row[i]);
    }

    private static int corner(int n, int i, int threads) {
        double left = Math.sqrt(1 - (double) i / threads);
        return Math.min(n, (int) Math.round(n * (1 - left) / GRAIN) * GRAIN);
    }

    /** As {@link Gemm} wants it. */
    void run(float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt) {
        Team.each(i -> {
            if (parts[i] != null) {
                int alongB = column[i] * (whole.form == Gemm.Form.NT ? whole.bStored : 1);
                parts[i].run(a, aAt + row[i] * whole.rowStride, b, bAt + alongB, z, zAt + row[i] * zStride + column[i], zStride, c,
                        cAt + row[i] * whole.cStride + column[i]);
            }
        });
        if (whole.symmetric) {
            PanelProduct.mirror(whole.twin, c, cAt, whole.rows, whole.cStride);
        }
    }
}
