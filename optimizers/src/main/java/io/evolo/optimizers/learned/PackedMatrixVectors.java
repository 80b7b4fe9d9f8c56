package io.evolo.optimizers.learned;

import static io.evolo.optimizers.learned.Lanes.L;
import static io.evolo.optimizers.learned.Lanes.S;

import io.evolo.tasks.kernels.Registers;
import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;

/** The inner loops of {@link PackedMatrix}: straight-line vector code in small methods. */
final class PackedMatrixVectors {
    /** Whether a tile is 6 rows × 2 vectors of outputs, for 16 registers, else 4 × 4. */
    private static final boolean SMALL_TILES = Registers.VECTORS < 32;

    /** Outputs that are computed together. */
    static final int PANEL = SMALL_TILES ? 2 * L : 4 * L;

    private PackedMatrixVectors() {}

    /**
     * One panel of all rows.
     *
     * @param w panels [ins, PANEL]
     * @param panel the first of the panel's outputs
     * @param y the first row's result for that output
     */
    static void panel(
            float[] x, int xAt, int xStride, int rows, int ins, float[] w, float[] b, int panel, float[] y, int yAt, int yStride) {
        if (SMALL_TILES) {
            smallTiles(x, xAt, xStride, rows, ins, w, b, panel, y, yAt, yStride);
            return;
        }
        if (rows == 1) {
            row(x, xAt, ins, w, panel * ins, b, panel, y, yAt);
            return;
        }
        for (int row = 0; row < rows; row += 4) {
            // The last row stands in for those that are missing; it is computed, and written, more than once.
            int row1 = Math.min(row + 1, rows - 1);
            int row2 = Math.min(row + 2, rows - 1);
            int row3 = Math.min(row + 3, rows - 1);
            rows(x, xAt + row * xStride, xAt + row1 * xStride, xAt + row2 * xStride, xAt + row3 * xStride, ins, w, panel * ins, b,
                    panel, y, yAt + row * yStride, yAt + row1 * yStride, yAt + row2 * yStride, yAt + row3 * yStride);
        }
    }

    private static void smallTiles(
            float[] x, int xAt, int xStride, int rows, int ins, float[] w, float[] b, int panel, float[] y, int yAt, int yStride) {
        if (rows == 1) {
            smallRow(x, xAt, ins, w, panel * ins, b, panel, y, yAt);
            return;
        }
        for (int row = 0; row < rows; row += 6) {
            // As above: the last row stands in for those that are missing.
            int last = rows - 1 - row;
            sixRows(x, xAt + row * xStride, xStride, last, ins, w, panel * ins, b, panel, y, yAt + row * yStride, yStride);
        }
    }

    private static void smallRow(float[] x, int xAt, int ins, float[] w, int at, float[] b, int bAt, float[] y, int yAt) {
        FloatVector y0 = FloatVector.fromArray(S, b, bAt);
        FloatVector y1 = FloatVector.fromArray(S, b, bAt + L);
        for (int i = 0; i < ins; i++) {
            FloatVector xi = FloatVector.broadcast(S, x[xAt + i]);
            y0 = xi.fma(FloatVector.fromArray(S, w, at + i * PANEL), y0);
            y1 = xi.fma(FloatVector.fromArray(S, w, at + i * PANEL + L), y1);
        }
        y0.intoArray(y, yAt);
        y1.intoArray(y, yAt + L);
    }

    /**
     * 6 rows × 2 vectors of outputs: 12 accumulators, and each weight is read once for six rows. Fences as in {@link FusedTiles}.
     *
     * @param last the last row that there is, counted from the first one here
     */
    private static void sixRows(float[] x, int xAt, int xStride, int last, int ins, float[] w, int at, float[] b, int bAt,
            float[] y, int yAt, int yStride) {
        int row1 = Math.min(1, last);
        int row2 = Math.min(2, last);
        int row3 = Math.min(3, last);
        int row4 = Math.min(4, last);
        int row5 = Math.min(5, last);
        int x0 = xAt;
        int x1 = xAt + row1 * xStride;
        int x2 = xAt + row2 * xStride;
        int x3 = xAt + row3 * xStride;
        int x4 = xAt + row4 * xStride;
        int x5 = xAt + row5 * xStride;
        FloatVector a0 = FloatVector.fromArray(S, b, bAt), b0 = a0, c0 = a0, d0 = a0, e0 = a0, f0 = a0;
        FloatVector a1 = FloatVector.fromArray(S, b, bAt + L), b1 = a1, c1 = a1, d1 = a1, e1 = a1, f1 = a1;
        for (int i = 0; i < ins; i++) {
            FloatVector w0 = FloatVector.fromArray(S, w, at + i * PANEL);
            FloatVector w1 = FloatVector.fromArray(S, w, at + i * PANEL + L);
            FloatVector xi = FloatVector.broadcast(S, x[x0 + i]);
            a0 = xi.fma(w0, a0);
            a1 = xi.fma(w1, a1);
            VarHandle.loadLoadFence();
            xi = FloatVector.broadcast(S, x[x1 + i]);
            b0 = xi.fma(w0, b0);
            b1 = xi.fma(w1, b1);
            VarHandle.loadLoadFence();
            xi = FloatVector.broadcast(S, x[x2 + i]);
            c0 = xi.fma(w0, c0);
            c1 = xi.fma(w1, c1);
            VarHandle.loadLoadFence();
            xi = FloatVector.broadcast(S, x[x3 + i]);
            d0 = xi.fma(w0, d0);
            d1 = xi.fma(w1, d1);
            VarHandle.loadLoadFence();
            xi = FloatVector.broadcast(S, x[x4 + i]);
            e0 = xi.fma(w0, e0);
            e1 = xi.fma(w1, e1);
            VarHandle.loadLoadFence();
            xi = FloatVector.broadcast(S, x[x5 + i]);
            f0 = xi.fma(w0, f0);
            f1 = xi.fma(w1, f1);
        }
        a0.intoArray(y, yAt);
        a1.intoArray(y, yAt + L);
        b0.intoArray(y, yAt + row1 * yStride);
        b1.intoArray(y, yAt + row1 * yStride + L);
        c0.intoArray(y, yAt + row2 * yStride);
        c1.intoArray(y, yAt + row2 * yStride + L);
        d0.intoArray(y, yAt + row3 * yStride);
        d1.intoArray(y, yAt + row3 * yStride + L);
        e0.intoArray(y, yAt + row4 * yStride);
        e1.intoArray(y, yAt + row4 * yStride + L);
        f0.intoArray(y, yAt + row5 * yStride);
        f1.intoArray(y, yAt + row5 * yStride + L);
    }

    private static void row(float[] x, int xAt, int ins, float[] w, int at, float[] b, int bAt, float[] y, int yAt) {
        FloatVector y0 = FloatVector.fromArray(S, b, bAt);
        FloatVector y1 = FloatVector.fromArray(S, b, bAt + L);
        FloatVector y2 = FloatVector.fromArray(S, b, bAt + 2 * L);
        FloatVector y3 = FloatVector.fromArray(S, b, bAt + 3 * L);
        for (int i = 0; i < ins; i++) {
            FloatVector xi = FloatVector.broadcast(S, x[xAt + i]);
            y0 = xi.fma(FloatVector.fromArray(S, w, at), y0);
            y1 = xi.fma(FloatVector.fromArray(S, w, at + L), y1);
            y2 = xi.fma(FloatVector.fromArray(S, w, at + 2 * L), y2);
            y3 = xi.fma(FloatVector.fromArray(S, w, at + 3 * L), y3);
            at += 4 * L;
        }
        y0.intoArray(y, yAt);
        y1.intoArray(y, yAt + L);
        y2.intoArray(y, yAt + 2 * L);
        y3.intoArray(y, yAt + 3 * L);
    }

    /** 4 rows × 4 vectors of outputs: 16 accumulators, and each weight is read once for four rows. */
    private static void rows(float[] x, int xA, int xB, int xC, int xD, int ins, float[] w, int at, float[] b, int bAt,
            float[] y, int yA, int yB, int yC, int yD) {
        FloatVector a0 = FloatVector.fromArray(S, b, bAt), b0 = a0, c0 = a0, d0 = a0;
        FloatVector a1 = FloatVector.fromArray(S, b, bAt + L), b1 = a1, c1 = a1, d1 = a1;
        FloatVector a2 = FloatVector.fromArray(S, b, bAt + 2 * L), b2 = a2, c2 = a2, d2 = a2;
        FloatVector a3 = FloatVector.fromArray(S, b, bAt + 3 * L), b3 = a3, c3 = a3, d3 = a3;
        for (int i = 0; i < ins; i++) {
            FloatVector w0 = FloatVector.fromArray(S, w, at);
            FloatVector w1 = FloatVector.fromArray(S, w, at + L);
            FloatVector w2 = FloatVector.fromArray(S, w, at + 2 * L);
            FloatVector w3 = FloatVector.fromArray(S, w, at + 3 * L);
            FloatVector xi = FloatVector.broadcast(S, x[xA + i]);
            a0 = xi.fma(w0, a0);
            a1 = xi.fma(w1, a1);
            a2 = xi.fma(w2, a2);
            a3 = xi.fma(w3, a3);
            xi = FloatVector.broadcast(S, x[xB + i]);
            b0 = xi.fma(w0, b0);
            b1 = xi.fma(w1, b1);
            b2 = xi.fma(w2, b2);
            b3 = xi.fma(w3, b3);
            xi = FloatVector.broadcast(S, x[xC + i]);
            c0 = xi.fma(w0, c0);
            c1 = xi.fma(w1, c1);
            c2 = xi.fma(w2, c2);
            c3 = xi.fma(w3, c3);
            xi = FloatVector.broadcast(S, x[xD + i]);
            d0 = xi.fma(w0, d0);
            d1 = xi.fma(w1, d1);
            d2 = xi.fma(w2, d2);
            d3 = xi.fma(w3, d3);
            at += 4 * L;
        }
        a0.intoArray(y, yA);
        a1.intoArray(y, yA + L);
        a2.intoArray(y, yA + 2 * L);
        a3.intoArray(y, yA + 3 * L);
        b0.intoArray(y, yB);
        b1.intoArray(y, yB + L);
        b2.intoArray(y, yB + 2 * L);
        b3.intoArray(y, yB + 3 * L);
        c0.intoArray(y, yC);
        c1.intoArray(y, yC + L);
        c2.intoArray(y, yC + 2 * L);
        c3.intoArray(y, yC + 3 * L);
        d0.intoArray(y, yD);
        d1.intoArray(y, yD + L);
        d2.intoArray(y, yD + 2 * L);
        d3.intoArray(y, yD + 3 * L);
    }
}
