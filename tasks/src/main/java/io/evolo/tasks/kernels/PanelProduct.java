package io.evolo.tasks.kernels;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A product in blocks that fit the caches, after Goto and van de Geijn (2008): of B some rows and columns at a time, copied to panels of
 * two vectors' columns each; of A some rows, copied to panels of {@link PanelTiles#ROWS} rows, or read where it lies if it lies by rows
 * and meets so few columns that a copy would not pay. Panels that are not full are filled with zeros, whose results are not kept.
 *
 * <p>Every element of C is one chain along the depth, however it is cut: between two blocks it waits in C.
 */
final class PanelProduct {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int ROWS = PanelTiles.ROWS;
    private static final int COLUMNS = PanelTiles.COLUMNS;

    /** Depth of a block: a panel of B and one of A fill the first cache. */
    private static final int MOST_DEPTH = 512;
    /** Rows of a block of A: a quarter of the second cache. */
    private static final int MOST_ROWS = 3 * ROWS;
    /** Columns of a block of B, a multiple of those of any panel: what C has of them fits the second cache beside the block of A. */
    private static final int MOST_COLUMNS = 512;
    /** Columns from which on copying A by rows pays. */
    private static final int WIDE = 96;

    private final Gemm g;
    private final int depth;
    private final int blockDepth;
    private final boolean packsA;
    private final float[] aPanels;
    private final float[] bPanels;
    /** A tile of C that reaches beyond its last column: what it starts with, and what it becomes. */
    private final float[] edge = new float[6 * COLUMNS];

    PanelProduct(Gemm g) {
        this.g = g;
        this.depth = Math.multiplyExact(g.segments, g.depth);
        this.packsA = g.depthStride != 1 || g.columns >= WIDE;
        int cuttable = packsA ? depth : g.depth;
        int blocks = (cuttable + MOST_DEPTH - 1) / MOST_DEPTH;
        this.blockDepth = (cuttable + blocks - 1) / blocks;
        int rows = Math.min(MOST_ROWS, padded(g.rows, ROWS));
        int columns = Math.min(MOST_COLUMNS, padded(g.columns, COLUMNS));
        this.aPanels = new float[packsA ? rows * blockDepth : 0];
        this.bPanels = new float[Math.multiplyExact(columns, depth)];
    }

    private static int padded(int n, int to) {
        return (n + to - 1) / to * to;
    }

    /** As {@link Gemm} wants it: row i of C starts as the values of z at zAt + i·zStride. */
    void run(float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt) {
        for (int j = 0; j < g.columns; j += MOST_COLUMNS) {
            int columns = Math.min(MOST_COLUMNS, g.columns - j);
            packB(b, bAt, j, columns);
            int last = g.symmetric ? j + columns : g.rows; // what lies below is mirrored
            for (int i = 0; i < last; i += MOST_ROWS) {
                block(a, aAt, i, Math.min(MOST_ROWS, last - i), j, columns, z, zAt, zStride, c, cAt);
            }
        }
        if (g.symmetric) {
            mirror(c, cAt);
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
            for (int panel = 0; panel < columns; panel += COLUMNS) {
                int height = g.symmetric ? Math.min(rows, j + panel + COLUMNS - i) : rows;
                int width = Math.min(COLUMNS, columns - panel);
                int panelAt = panel * depth + k * COLUMNS;
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
            int height = height(rows - i, ROWS - i % ROWS);
            int at = i / ROWS * ROWS * block + i % ROWS;
            int from = zAt + i * zStride;
            int to = cAt + i * g.cStride;
            if (left == COLUMNS) {
                tile(height, block, at, b, bAt, z, from, zStride, c, to, g.cStride);
            } else {
                openEdge(height, left, z, from, zStride);
                tile(height, block, at, b, bAt, edge, 0, COLUMNS, edge, 0, COLUMNS);
                closeEdge(height, left, c, to);
            }
            i += height;
        }
    }

    /** Six rows where as many are left and what is then left is no bad rest; of 8 rows four and four. */
    private static int height(int rows, int ofPanel) {
        int left = Math.min(rows, ofPanel);
        if (left >= 12 || left == 6 || left == 7 || left >= 10) {
            return 6;
        }
        return left >= 4 ? 4 : 1;
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
            if (left == COLUMNS) {
                rowTile(height, block, a, at, b, bAt, z, from, zStride, c, to, g.cStride);
            } else {
                openEdge(height, left, z, from, zStride);
                rowTile(height, block, a, at, b, bAt, edge, 0, COLUMNS, edge, 0, COLUMNS);
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
                edge[i * COLUMNS + j] = z[zAt + i * zStride + j];
            }
        }
    }

    private void closeEdge(int height, int left, float[] c, int cAt) {
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < left; j++) {
                c[cAt + i * g.cStride + j] = edge[i * COLUMNS + j];
            }
        }
    }

    /** Columns [j, j + columns) of op(B) to panels of the whole depth. */
    private void packB(float[] b, int bAt, int j, int columns) {
        for (int panel = 0; panel < columns; panel += COLUMNS) {
            int width = Math.min(COLUMNS, columns - panel);
            int to = panel * depth;
            if (width < COLUMNS) {
                Arrays.fill(bPanels, to, to + depth * COLUMNS, 0);
            }
            if (g.form == Gemm.Form.NT) {
                Transpose.run(Twin.VECTOR, b, bAt + (j + panel) * g.bStored, g.bStored, width, depth, bPanels, to, COLUMNS);
                continue;
            }
            for (int s = 0; s < g.segments; s++) {
                int from = bAt + s * g.bSegment + j + panel;
                copy(b, from, g.bStored, g.depth, width, bPanels, to + s * g.depth * COLUMNS, COLUMNS);
            }
        }
    }

    /** Rows [i, i + rows) and columns [k, k + block) of op(A) to panels. */
    private void packA(float[] a, int aAt, int i, int rows, int k, int block) {
        for (int panel = 0; panel < rows; panel += ROWS) {
            int height = Math.min(ROWS, rows - panel);
            for (int done = 0; done < block; ) {
                int in = (k + done) % g.depth;
                int count = Math.min(block - done, g.depth - in);
                int from = aAt + (k + done) / g.depth * g.aSegment + (i + panel) * g.rowStride + in * g.depthStride;
                int to = panel * block + done * ROWS;
                if (g.depthStride == 1) {
                    Transpose.run(Twin.VECTOR, a, from, g.rowStride, height, count, aPanels, to, ROWS);
                } else if (g.rowStride == 1) {
                    copy(a, from, g.depthStride, count, height, aPanels, to, ROWS);
                } else {
                    gather(a, from, count, height, aPanels, to);
                }
                done += count;
            }
        }
    }

    /** {@code count} rows of {@code width} values. */
    private static void copy(float[] x, int from, int stride, int count, int width, float[] y, int to, int yStride) {
        int whole = width - width % L;
        for (int j = 0; j < whole; j += L) {
            copyVectors(x, from + j, stride, count, y, to + j, yStride);
        }
        for (int k = 0; whole < width && k < count; k++) {
            for (int j = whole; j < width; j++) {
                y[to + k * yStride + j] = x[from + k * stride + j];
            }
        }
    }

    private static void copyVectors(float[] x, int from, int stride, int count, float[] y, int to, int yStride) {
        for (int k = 0; k < count; k++) {
            FloatVector.fromArray(S, x, from).intoArray(y, to);
            from += stride;
            to += yStride;
        }
    }

    private void gather(float[] x, int from, int count, int height, float[] y, int to) {
        for (int k = 0; k < count; k++) {
            for (int i = 0; i < height; i++) {
                y[to + k * ROWS + i] = x[from + k * g.depthStride + i * g.rowStride];
            }
        }
    }

    /** What lies below the diagonal is what lies above it. */
    private void mirror(float[] c, int cAt) {
        int side = 64;
        for (int i = 0; i < g.rows; i += side) {
            int height = Math.min(side, g.rows - i);
            for (int j = 0; j < i; j += side) {
                Transpose.run(Twin.VECTOR, c, cAt + j * g.cStride + i, g.cStride, side, height, c, cAt + i * g.cStride + j, g.cStride);
            }
            for (int row = i; row < i + height; row++) {
                for (int column = i; column < row; column++) {
                    c[cAt + row * g.cStride + column] = c[cAt + column * g.cStride + row];
                }
            }
        }
    }
}
