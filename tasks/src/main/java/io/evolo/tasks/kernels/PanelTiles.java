package io.evolo.tasks.kernels;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of a product over operands that {@link PanelProduct} has packed: some rows of C by two vectors of its columns, which stay in
 * registers over the whole depth of a block. Two vectors and six rows are 12 chains, enough to hide the latency of the multiply-adds
 * (4 cycles, 2 units), and leave room for the operands in 16 registers.
 *
 * <p>All steps along the depth are constants, so that the compiler takes the checks of indices out of the loops. It then likes to load
 * all operands of a round first, which six rows have no registers for; accumulators in memory would make every chain three times as
 * slow. A fence between the rows keeps the loads where they are, and costs nothing: no instruction belongs to it.
 */
final class PanelTiles {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    /** Rows of a packed panel of A; columns of one of B, and of a tile. */
    static final int PANEL = 2 * L;

    private PanelTiles() {}

    // a: a panel [depth, PANEL] from the tile's first row on; b: a panel [depth, PANEL]; z: what C starts with.

    /** Six rows. */
    static void six(
            int depth, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int cStride) {
        FloatVector c00 = FloatVector.fromArray(S, z, zAt);
        FloatVector c01 = FloatVector.fromArray(S, z, zAt + L);
        FloatVector c10 = FloatVector.fromArray(S, z, zAt + zStride);
        FloatVector c11 = FloatVector.fromArray(S, z, zAt + zStride + L);
        FloatVector c20 = FloatVector.fromArray(S, z, zAt + 2 * zStride);
        FloatVector c21 = FloatVector.fromArray(S, z, zAt + 2 * zStride + L);
        FloatVector c30 = FloatVector.fromArray(S, z, zAt + 3 * zStride);
        FloatVector c31 = FloatVector.fromArray(S, z, zAt + 3 * zStride + L);
        FloatVector c40 = FloatVector.fromArray(S, z, zAt + 4 * zStride);
        FloatVector c41 = FloatVector.fromArray(S, z, zAt + 4 * zStride + L);
        FloatVector c50 = FloatVector.fromArray(S, z, zAt + 5 * zStride);
        FloatVector c51 = FloatVector.fromArray(S, z, zAt + 5 * zStride + L);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bAt + k * PANEL);
            FloatVector b1 = FloatVector.fromArray(S, b, bAt + k * PANEL + L);
            FloatVector x0 = FloatVector.broadcast(S, a[aAt + k * PANEL]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            VarHandle.loadLoadFence();
            FloatVector x1 = FloatVector.broadcast(S, a[aAt + k * PANEL + 1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            VarHandle.loadLoadFence();
            FloatVector x2 = FloatVector.broadcast(S, a[aAt + k * PANEL + 2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            VarHandle.loadLoadFence();
            FloatVector x3 = FloatVector.broadcast(S, a[aAt + k * PANEL + 3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            VarHandle.loadLoadFence();
            FloatVector x4 = FloatVector.broadcast(S, a[aAt + k * PANEL + 4]);
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            VarHandle.loadLoadFence();
            FloatVector x5 = FloatVector.broadcast(S, a[aAt + k * PANEL + 5]);
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c10.intoArray(c, cAt + cStride);
        c11.intoArray(c, cAt + cStride + L);
        c20.intoArray(c, cAt + 2 * cStride);
        c21.intoArray(c, cAt + 2 * cStride + L);
        c30.intoArray(c, cAt + 3 * cStride);
        c31.intoArray(c, cAt + 3 * cStride + L);
        c40.intoArray(c, cAt + 4 * cStride);
        c41.intoArray(c, cAt + 4 * cStride + L);
        c50.intoArray(c, cAt + 5 * cStride);
        c51.intoArray(c, cAt + 5 * cStride + L);
    }

    /** Four rows. */
    static void four(
            int depth, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int cStride) {
        FloatVector c00 = FloatVector.fromArray(S, z, zAt);
        FloatVector c01 = FloatVector.fromArray(S, z, zAt + L);
        FloatVector c10 = FloatVector.fromArray(S, z, zAt + zStride);
        FloatVector c11 = FloatVector.fromArray(S, z, zAt + zStride + L);
        FloatVector c20 = FloatVector.fromArray(S, z, zAt + 2 * zStride);
        FloatVector c21 = FloatVector.fromArray(S, z, zAt + 2 * zStride + L);
        FloatVector c30 = FloatVector.fromArray(S, z, zAt + 3 * zStride);
        FloatVector c31 = FloatVector.fromArray(S, z, zAt + 3 * zStride + L);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bAt + k * PANEL);
            FloatVector b1 = FloatVector.fromArray(S, b, bAt + k * PANEL + L);
            FloatVector x0 = FloatVector.broadcast(S, a[aAt + k * PANEL]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(S, a[aAt + k * PANEL + 1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(S, a[aAt + k * PANEL + 2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(S, a[aAt + k * PANEL + 3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c10.intoArray(c, cAt + cStride);
        c11.intoArray(c, cAt + cStride + L);
        c20.intoArray(c, cAt + 2 * cStride);
        c21.intoArray(c, cAt + 2 * cStride + L);
        c30.intoArray(c, cAt + 3 * cStride);
        c31.intoArray(c, cAt + 3 * cStride + L);
    }

    /** One row. */
    static void one(
            int depth, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int cStride) {
        FloatVector c00 = FloatVector.fromArray(S, z, zAt);
        FloatVector c01 = FloatVector.fromArray(S, z, zAt + L);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bAt + k * PANEL);
            FloatVector b1 = FloatVector.fromArray(S, b, bAt + k * PANEL + L);
            FloatVector x0 = FloatVector.broadcast(S, a[aAt + k * PANEL]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
    }

    /** Four rows of an A that lies in memory by rows, {@code down} apart. Two rounds at a time share their addresses. */
    static void fourInPlace(
            int depth, float[] a, int aAt, int down, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int cStride) {
        int a1At = aAt + down;
        int a2At = aAt + 2 * down;
        int a3At = aAt + 3 * down;
        FloatVector c00 = FloatVector.fromArray(S, z, zAt);
        FloatVector c01 = FloatVector.fromArray(S, z, zAt + L);
        FloatVector c10 = FloatVector.fromArray(S, z, zAt + zStride);
        FloatVector c11 = FloatVector.fromArray(S, z, zAt + zStride + L);
        FloatVector c20 = FloatVector.fromArray(S, z, zAt + 2 * zStride);
        FloatVector c21 = FloatVector.fromArray(S, z, zAt + 2 * zStride + L);
        FloatVector c30 = FloatVector.fromArray(S, z, zAt + 3 * zStride);
        FloatVector c31 = FloatVector.fromArray(S, z, zAt + 3 * zStride + L);
        int k = 0;
        for (; k < depth - 1; k += 2) {
            FloatVector b00 = FloatVector.fromArray(S, b, bAt + k * PANEL);
            FloatVector b01 = FloatVector.fromArray(S, b, bAt + k * PANEL + L);
            FloatVector x00 = FloatVector.broadcast(S, a[aAt + k]);
            c00 = x00.fma(b00, c00);
            c01 = x00.fma(b01, c01);
            FloatVector x01 = FloatVector.broadcast(S, a[a1At + k]);
            c10 = x01.fma(b00, c10);
            c11 = x01.fma(b01, c11);
            FloatVector x02 = FloatVector.broadcast(S, a[a2At + k]);
            c20 = x02.fma(b00, c20);
            c21 = x02.fma(b01, c21);
            FloatVector x03 = FloatVector.broadcast(S, a[a3At + k]);
            c30 = x03.fma(b00, c30);
            c31 = x03.fma(b01, c31);
            FloatVector b10 = FloatVector.fromArray(S, b, bAt + (k + 1) * PANEL);
            FloatVector b11 = FloatVector.fromArray(S, b, bAt + (k + 1) * PANEL + L);
            FloatVector x10 = FloatVector.broadcast(S, a[aAt + k + 1]);
            c00 = x10.fma(b10, c00);
            c01 = x10.fma(b11, c01);
            FloatVector x11 = FloatVector.broadcast(S, a[a1At + k + 1]);
            c10 = x11.fma(b10, c10);
            c11 = x11.fma(b11, c11);
            FloatVector x12 = FloatVector.broadcast(S, a[a2At + k + 1]);
            c20 = x12.fma(b10, c20);
            c21 = x12.fma(b11, c21);
            FloatVector x13 = FloatVector.broadcast(S, a[a3At + k + 1]);
            c30 = x13.fma(b10, c30);
            c31 = x13.fma(b11, c31);
        }
        if (k < depth) {
            FloatVector b00 = FloatVector.fromArray(S, b, bAt + k * PANEL);
            FloatVector b01 = FloatVector.fromArray(S, b, bAt + k * PANEL + L);
            FloatVector x00 = FloatVector.broadcast(S, a[aAt + k]);
            c00 = x00.fma(b00, c00);
            c01 = x00.fma(b01, c01);
            FloatVector x01 = FloatVector.broadcast(S, a[a1At + k]);
            c10 = x01.fma(b00, c10);
            c11 = x01.fma(b01, c11);
            FloatVector x02 = FloatVector.broadcast(S, a[a2At + k]);
            c20 = x02.fma(b00, c20);
            c21 = x02.fma(b01, c21);
            FloatVector x03 = FloatVector.broadcast(S, a[a3At + k]);
            c30 = x03.fma(b00, c30);
            c31 = x03.fma(b01, c31);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c10.intoArray(c, cAt + cStride);
        c11.intoArray(c, cAt + cStride + L);
        c20.intoArray(c, cAt + 2 * cStride);
        c21.intoArray(c, cAt + 2 * cStride + L);
        c30.intoArray(c, cAt + 3 * cStride);
        c31.intoArray(c, cAt + 3 * cStride + L);
    }

    /** One row of such an A. */
    static void oneInPlace(
            int depth, float[] a, int aAt, int down, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int cStride) {
        FloatVector c00 = FloatVector.fromArray(S, z, zAt);
        FloatVector c01 = FloatVector.fromArray(S, z, zAt + L);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bAt + k * PANEL);
            FloatVector b1 = FloatVector.fromArray(S, b, bAt + k * PANEL + L);
            FloatVector x0 = FloatVector.broadcast(S, a[aAt + k]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
    }
}
