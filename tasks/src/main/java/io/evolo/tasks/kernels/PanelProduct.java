package io.evolo.tasks.kernels;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A product in blocks that fit the caches, after Goto and van de Geijn (2008): of B some rows and columns at a time, copied to panels of
 * two vectors' columns each; of A some rows, copied to panels of as many rows, or read where it lies if it lies by rows and meets so few
 * columns that a copy would not pay. Where a panel of B is not full, what comes of its rest is not kept.
 *
 * <p>Every element of C is one chain along the depth, however it is cut: between two blocks it waits in C.
 */
final class PanelProduct {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int PANEL = PanelTiles.PANEL;

    /** Depth of a block: what a tile costs beyond its sums is little beside so many. */
    private static final int MOST_DEPTH = 512;
    /** Rows of a block of A: a quarter of the second cache. */
    private static final int MOST_ROWS = 96; // a multiple of the panels
    /** Columns of a block of B, a multiple of those of any panel: what C has of them fits the second cache beside the block of A. */
    private static final int MOST_COLUMNS = 512;
    /** Columns from which on copying A by rows pays. */
    private static final int WIDE = 96;

    private final Gemm g;
    private final int depth;
    private final int blockDepth;
    private final boolean packsA;
    private final PanelMemory memory;
    private float[] aPanels;
    private float[] bPanels;
    /** A tile of C that reaches beyond its last column: what it starts with, and what it becomes. */
    private final float[] edge;

    PanelProduct(Gemm g, PanelMemory memory) {
        this.g = g;
        this.memory = memory;
        this.depth = Math.multiplyExact(g.segments, g.depth);
        this.packsA = g.depthStride != 1 || g.columns >= WIDE;
        int cuttable = packsA ? depth : g.depth;
        int blocks = (cuttable + MOST_DEPTH - 1) / MOST_DEPTH;
        this.blockDepth = (cuttable + blocks - 1) / blocks;
        int rows = Math.min(MOST_ROWS, padded(g.rows, PANEL));
        int columns = Math.min(MOST_COLUMNS, padded(g.columns, PANEL));
        this.edge = new float[g.columns % PANEL == 0 ? 0 : 6 * PANEL];
        memory.reserve(packsA ? rows * blockDepth : 0, Math.multiplyExact(columns, depth));
    }

    private static int padded(int n, int to) {
        return (n + to - 1) / to * to;
    }

    /** As {@link Gemm} wants it: row i of C starts as the values of z at zAt + i·zStride. */
    void run(float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt) {
        aPanels = memory.a();
        bPanels = memory.b();
        for (int j = 0; j < g.columns; j += MOST_COLUMNS) {
            int columns = Math.min(MOST_COLUMNS, g.columns - j);
            packB(b, bAt, j, columns);
            int last = g.symmetric ? j + columns : g.rows; // what lies below is mirrored
            for (int i = 0; i < last; i += MOST_ROWS) {
                block(a, aAt, i, Math.min(MOST_ROWS, last - i), j, columns, z, zAt, zStride, c, cAt);
            }
        }
        if (g.symmetric) {
            mirror(Twin.VECTOR, c, cAt, g.rows, g.cStride);
        }
    }

    /** Rows [i, i + rows) and columns [j, j + columns) of C, which stay in the second cache over the whole depth. */
    private void block(
            float[] a, int aAt, int i, int rows, int j, int columns, float[] z, int zAt, int zStride, float[] c, int cAt) {
        int to = cAt + i * g.cStride + j;
        for (int k = 0; k < depth; ) {
            int block = Math.min(blockDepth, (packsA ? depth : k - k % g.depth + g.depth) - k);
            if (packsA) {
                packA(a, aAt, i, rows, k, block);
            }
            int at = packsA ? 0 : aAt + k / g.depth * g.aSegment + k % g.depth + i * g.rowStride;
            for (int panel = 0; panel < columns; panel += PANEL) {
                int height = g.symmetric ? Math.min(rows, j + panel + PANEL - i) : rows;
                int width = Math.min(PANEL, columns - panel);
                int panelAt = panel * depth + k * PANEL;
                if (k == 0) {
                    tiles(block, height, a, at, panelAt, z, zAt + i * zStride + j + panel, zStride, c, to + panel, width);
                } else {
                    tiles(block, height, a, at, panelAt, c, to + panel, g.cStride, c, to + panel, width);
                }
            }
            k += block;
        }
    }

    private void tiles(
            int block, int rows, float[] a, int aAt, int panelAt, float[] z, int zAt, int zStride, float[] c, int cAt, int width) {
        if (packsA) {
            panelTiles(block, rows, bPanels, panelAt, z, zAt, zStride, c, cAt, width);
        } else {
            rowTiles(block, rows, a, aAt, bPanels, panelAt, z, zAt, zStride, c, cAt, width);
        }
    }

    /** All rows of the packed block of A times one panel of B. */
    private void panelTiles(
            int block, int rows, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int left) {
        for (int i = 0; i < rows; ) {
            int height = height(Math.min(rows - i, PANEL - i % PANEL));
            int at = i / PANEL * PANEL * block + i % PANEL;
            int from = zAt + i * zStride;
            int to = cAt + i * g.cStride;
            if (left == PANEL) {
                tile(height, block, at, b, bAt, z, from, zStride, c, to, g.cStride);
            } else {
                openEdge(height, left, z, from, zStride);
                tile(height, block, at, b, bAt, edge, 0, PANEL, edge, 0, PANEL);
                closeEdge(height, left, c, to);
            }
            i += height;
        }
    }

    /** Rows of the next tile: six, unless then one to three would be left where four and four serve better. */
    private static int height(int rows) {
        if (rows >= 10 || rows == 6 || rows == 7) {
            return 6;
        }
        return rows >= 4 ? 4 : 1;
    }

    private void tile(
            int height, int block, int at, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int cStride) {
        switch (height) {
            case 6 -> PanelTiles.six(block, aPanels, at, b, bAt, z, zAt, zStride, c, cAt, cStride);
            case 4 -> PanelTiles.four(block, aPanels, at, b, bAt, z, zAt, zStride, c, cAt, cStride);
            default -> PanelTiles.one(block, aPanels, at, b, bAt, z, zAt, zStride, c, cAt, cStride);
        }
    }

    /** The same of an A that is read where it lies. */
    private void rowTiles(
            int block, int rows, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int left) {
        for (int i = 0; i < rows; ) {
            int height = rows - i >= 4 ? 4 : 1;
            int at = aAt + i * g.rowStride;
            int from = zAt + i * zStride;
            int to = cAt + i * g.cStride;
            if (left == PANEL) {
                rowTile(height, block, a, at, b, bAt, z, from, zStride, c, to, g.cStride);
            } else {
                openEdge(height, left, z, from, zStride);
                rowTile(height, block, a, at, b, bAt, edge, 0, PANEL, edge, 0, PANEL);
                closeEdge(height, left, c, to);
            }
            i += height;
        }
    }

    private void rowTile(
            int height, int block, float[] a, int at, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int cStride) {
        if (height == 4) {
            PanelTiles.fourInPlace(block, a, at, g.rowStride, b, bAt, z, zAt, zStride, c, cAt, cStride);
        } else {
            PanelTiles.oneInPlace(block, a, at, g.rowStride, b, bAt, z, zAt, zStride, c, cAt, cStride);
        }
    }

    private void openEdge(int height, int left, float[] z, int zAt, int zStride) {
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < left; j++) {
                edge[i * PANEL + j] = z[zAt + i * zStride + j];
            }
        }
    }

    private void closeEdge(int height, int left, float[] c, int cAt) {
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < left; j++) {
                c[cAt + i * g.cStride + j] = edge[i * PANEL + j];
            }
        }
    }

    /** Columns [j, j + columns) of op(B) to panels of the whole depth. */
    private void packB(float[] b, int bAt, int j, int columns) {
        for (int panel = 0; panel < columns; panel += PANEL) {
            int width = Math.min(PANEL, columns - panel);
            int to = panel * depth;
            if (width < PANEL) {
                Arrays.fill(bPanels, to, to + depth * PANEL, 0);
            }
            if (g.form == Gemm.Form.NT) {
                Transpose.run(Twin.VECTOR, b, bAt + (j + panel) * g.bStored, g.bStored, width, depth, bPanels, to, PANEL);
                continue;
            }
            for (int s = 0; s < g.segments; s++) {
                copy(b, bAt + s * g.bSegment + j + panel, g.bStored, 1, g.depth, width, bPanels, to + s * g.depth * PANEL);
            }
        }
    }

    /** Rows [i, i + rows) and columns [k, k + block) of op(A) to panels. */
    private void packA(float[] a, int aAt, int i, int rows, int k, int block) {
        for (int panel = 0; panel < rows; panel += PANEL) {
            int height = Math.min(PANEL, rows - panel);
            for (int done = 0; done < block; ) {
                int in = (k + done) % g.depth;
                int count = Math.min(block - done, g.depth - in);
                int from = aAt + (k + done) / g.depth * g.aSegment + (i + panel) * g.rowStride + in * g.depthStride;
                int to = panel * block + done * PANEL;
                if (g.depthStride == 1) {
                    Transpose.run(Twin.VECTOR, a, from, g.rowStride, height, count, aPanels, to, PANEL);
                } else {
                    copy(a, from, g.depthStride, g.rowStride, count, height, aPanels, to);
                }
                done += count;
            }
        }
    }

    /** {@code count} rows of {@code width} values, {@code apart} in a row, to a panel. */
    private static void copy(float[] x, int from, int stride, int apart, int count, int width, float[] y, int to) {
        if (width == PANEL && apart == 1) {
            copyWhole(x, from, stride, count, y, to);
            return;
        }
        for (int j = 0; j < width; j++) {
            copyColumn(x, from + j * apart, stride, count, y, to + j);
        }
    }

    private static void copyWhole(float[] x, int from, int stride, int count, float[] y, int to) {
        for (int k = 0; k < count; k++) {
            FloatVector left = FloatVector.fromArray(S, x, from);
            FloatVector right = FloatVector.fromArray(S, x, from + L);
            left.intoArray(y, to + k * PANEL);
            right.intoArray(y, to + k * PANEL + L);
            from += stride;
        }
    }

    private static void copyColumn(float[] x, int from, int stride, int count, float[] y, int to) {
        for (int k = 0; k < count; k++) {
            y[to + k * PANEL] = x[from + k * stride];
        }
    }

    /** Makes what lies below the diagonal of C [n, n] what lies above it. */
    static void mirror(Twin twin, float[] c, int cAt, int n, int cStride) {
        int side = 64;
        for (int i = 0; i < n; i += side) {
            int height = Math.min(side, n - i);
            for (int j = 0; j < i; j += side) {
                Transpose.run(twin, c, cAt + j * cStride + i, cStride, side, height, c, cAt + i * cStride + j, cStride);
            }
            for (int row = i; row < i + height; row++) {
                for (int column = i; column < row; column++) {
                    c[cAt + row * cStride + column] = c[cAt + column * cStride + row];
                }
            }
        }
    }
}
