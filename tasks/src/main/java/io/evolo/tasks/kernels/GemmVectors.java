package io.evolo.tasks.kernels;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link Gemm}. A tile of C stays in registers for the whole depth: 4×4 vectors are 16 chains, enough to hide
 * the latency of the multiply-adds, and 8 loads for 16 of them. One strided micro-kernel serves rows of A and columns of A alike.
 */
final class GemmVectors {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    /**
     * Panels by their number of vectors. Called by handles that the compiler does not know as constants, so that it takes each panel by
     * itself: two of them inlined into one method, as it does behind an interface with two implementations in use, are more than it is
     * willing to inline, and what it leaves out allocates vectors.
     */
    private static final MethodHandle[] PANELS = {null, panel("panel1"), panel("panel2"), null, panel("panel4")};

    private static MethodHandle panel(String name) {
        try {
            MethodType type = MethodType.methodType(
                    void.class, Gemm.class, float[].class, int.class, float[].class, int.class, float[].class, int.class, int.class,
                    float[].class, int.class, int.class);
            return MethodHandles.lookup().findStatic(GemmVectors.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private GemmVectors() {}

    /** Adds the segments of the depth one after the other: a second loop around a tile's would make the compiler allocate vectors. */
    static void run(Gemm g, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt) {
        float[] start = z;
        int startAt = zAt;
        int startStride = zStride;
        for (int s = 0; s < g.segments; s++) {
            segment(g, a, aAt + s * g.aSegment, b, bAt + s * g.bSegment, start, startAt, startStride, c, cAt);
            start = c;
            startAt = cAt;
            startStride = g.cStride;
        }
    }

    /** Cuts C into panels of 4, 2 or 1 vectors, the last one masked, and these into tiles of 8, 4 or 1 rows. */
    private static void segment(
            Gemm g, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt) {
        for (int j = 0; j < g.columns; ) {
            int left = g.columns - j;
            int vectors = left >= 4 * L ? 4 : left >= 2 * L ? 2 : 1;
            panel(PANELS[vectors], g, a, aAt, b, bAt + j, z, zAt + j, zStride, c, cAt + j, left);
            j += vectors * L;
        }
    }

    /** @param left columns from the panel's first to C's last */
    private static void panel(
            MethodHandle panel, Gemm g, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int left) {
        try {
            panel.invokeExact(g, a, aAt, b, bAt, z, zAt, zStride, c, cAt, left);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("panels throw nothing checked", e);
        }
    }

    private static void panel4(
            Gemm g, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int left) {
        int i = 0;
        for (; i + 4 <= g.rows; i += 4) {
            tile4x4(g, a, aAt + i * g.rowStride, b, bAt, z, zAt + i * zStride, zStride, c, cAt + i * g.cStride);
        }
        for (; i < g.rows; i++) {
            tile1x4(g, a, aAt + i * g.rowStride, b, bAt, z, zAt + i * zStride, c, cAt + i * g.cStride);
        }
    }

    private static void panel2(
            Gemm g, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int left) {
        int i = 0;
        for (; i + 4 <= g.rows; i += 4) {
            tile4x2(g, a, aAt + i * g.rowStride, b, bAt, z, zAt + i * zStride, zStride, c, cAt + i * g.cStride);
        }
        for (; i < g.rows; i++) {
            tile1x2(g, a, aAt + i * g.rowStride, b, bAt, z, zAt + i * zStride, c, cAt + i * g.cStride);
        }
    }

    /** Where the columns fill the vector, eight rows at a time, so that loads of A and not the latency of the multiply-adds set the pace. */
    private static void panel1(
            Gemm g, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int width) {
        int i = 0;
        for (; width >= L && i + 8 <= g.rows; i += 8) {
            tile8x1(g, a, aAt + i * g.rowStride, b, bAt, z, zAt + i * zStride, zStride, c, cAt + i * g.cStride);
        }
        for (; i + 4 <= g.rows; i += 4) {
            tile4x1(g, a, aAt + i * g.rowStride, b, bAt, z, zAt + i * zStride, zStride, c, cAt + i * g.cStride, width);
        }
        for (; i < g.rows; i++) {
            tile1x1(g, a, aAt + i * g.rowStride, b, bAt, z, zAt + i * zStride, c, cAt + i * g.cStride, width);
        }
    }

    private static void tile4x4(Gemm g, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt) {
        int down = g.rowStride, across = g.depthStride, next = g.bStride, n = g.cStride;
        FloatVector c00 = FloatVector.fromArray(S, z, zAt);
        FloatVector c01 = FloatVector.fromArray(S, z, zAt + L);
        FloatVector c02 = FloatVector.fromArray(S, z, zAt + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, z, zAt + 3 * L);
        FloatVector c10 = FloatVector.fromArray(S, z, zAt + zStride);
        FloatVector c11 = FloatVector.fromArray(S, z, zAt + zStride + L);
        FloatVector c12 = FloatVector.fromArray(S, z, zAt + zStride + 2 * L);
        FloatVector c13 = FloatVector.fromArray(S, z, zAt + zStride + 3 * L);
        FloatVector c20 = FloatVector.fromArray(S, z, zAt + 2 * zStride);
        FloatVector c21 = FloatVector.fromArray(S, z, zAt + 2 * zStride + L);
        FloatVector c22 = FloatVector.fromArray(S, z, zAt + 2 * zStride + 2 * L);
        FloatVector c23 = FloatVector.fromArray(S, z, zAt + 2 * zStride + 3 * L);
        FloatVector c30 = FloatVector.fromArray(S, z, zAt + 3 * zStride);
        FloatVector c31 = FloatVector.fromArray(S, z, zAt + 3 * zStride + L);
        FloatVector c32 = FloatVector.fromArray(S, z, zAt + 3 * zStride + 2 * L);
        FloatVector c33 = FloatVector.fromArray(S, z, zAt + 3 * zStride + 3 * L);
        for (int k = 0; k < g.depth; k++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bAt);
            FloatVector b1 = FloatVector.fromArray(S, b, bAt + L);
            FloatVector b2 = FloatVector.fromArray(S, b, bAt + 2 * L);
            FloatVector b3 = FloatVector.fromArray(S, b, bAt + 3 * L);
            FloatVector a0 = FloatVector.broadcast(S, a[aAt]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            c02 = a0.fma(b2, c02);
            c03 = a0.fma(b3, c03);
            FloatVector a1 = FloatVector.broadcast(S, a[aAt + down]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            c12 = a1.fma(b2, c12);
            c13 = a1.fma(b3, c13);
            FloatVector a2 = FloatVector.broadcast(S, a[aAt + 2 * down]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            c22 = a2.fma(b2, c22);
            c23 = a2.fma(b3, c23);
            FloatVector a3 = FloatVector.broadcast(S, a[aAt + 3 * down]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            c32 = a3.fma(b2, c32);
            c33 = a3.fma(b3, c33);
            aAt += across;
            bAt += next;
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c02.intoArray(c, cAt + 2 * L);
        c03.intoArray(c, cAt + 3 * L);
        c10.intoArray(c, cAt + n);
        c11.intoArray(c, cAt + n + L);
        c12.intoArray(c, cAt + n + 2 * L);
        c13.intoArray(c, cAt + n + 3 * L);
        c20.intoArray(c, cAt + 2 * n);
        c21.intoArray(c, cAt + 2 * n + L);
        c22.intoArray(c, cAt + 2 * n + 2 * L);
        c23.intoArray(c, cAt + 2 * n + 3 * L);
        c30.intoArray(c, cAt + 3 * n);
        c31.intoArray(c, cAt + 3 * n + L);
        c32.intoArray(c, cAt + 3 * n + 2 * L);
        c33.intoArray(c, cAt + 3 * n + 3 * L);
    }

    private static void tile1x4(Gemm g, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, float[] c, int cAt) {
        int across = g.depthStride, next = g.bStride;
        FloatVector c00 = FloatVector.fromArray(S, z, zAt);
        FloatVector c01 = FloatVector.fromArray(S, z, zAt + L);
        FloatVector c02 = FloatVector.fromArray(S, z, zAt + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, z, zAt + 3 * L);
        for (int k = 0; k < g.depth; k++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bAt);
            FloatVector b1 = FloatVector.fromArray(S, b, bAt + L);
            FloatVector b2 = FloatVector.fromArray(S, b, bAt + 2 * L);
            FloatVector b3 = FloatVector.fromArray(S, b, bAt + 3 * L);
            FloatVector a0 = FloatVector.broadcast(S, a[aAt]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            c02 = a0.fma(b2, c02);
            c03 = a0.fma(b3, c03);
            aAt += across;
            bAt += next;
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c02.intoArray(c, cAt + 2 * L);
        c03.intoArray(c, cAt + 3 * L);
    }

    private static void tile4x2(Gemm g, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt) {
        int down = g.rowStride, across = g.depthStride, next = g.bStride, n = g.cStride;
        FloatVector c00 = FloatVector.fromArray(S, z, zAt);
        FloatVector c01 = FloatVector.fromArray(S, z, zAt + L);
        FloatVector c10 = FloatVector.fromArray(S, z, zAt + zStride);
        FloatVector c11 = FloatVector.fromArray(S, z, zAt + zStride + L);
        FloatVector c20 = FloatVector.fromArray(S, z, zAt + 2 * zStride);
        FloatVector c21 = FloatVector.fromArray(S, z, zAt + 2 * zStride + L);
        FloatVector c30 = FloatVector.fromArray(S, z, zAt + 3 * zStride);
        FloatVector c31 = FloatVector.fromArray(S, z, zAt + 3 * zStride + L);
        for (int k = 0; k < g.depth; k++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bAt);
            FloatVector b1 = FloatVector.fromArray(S, b, bAt + L);
            FloatVector a0 = FloatVector.broadcast(S, a[aAt]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(S, a[aAt + down]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(S, a[aAt + 2 * down]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(S, a[aAt + 3 * down]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            aAt += across;
            bAt += next;
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c10.intoArray(c, cAt + n);
        c11.intoArray(c, cAt + n + L);
        c20.intoArray(c, cAt + 2 * n);
        c21.intoArray(c, cAt + 2 * n + L);
        c30.intoArray(c, cAt + 3 * n);
        c31.intoArray(c, cAt + 3 * n + L);
    }

    private static void tile1x2(Gemm g, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, float[] c, int cAt) {
        int across = g.depthStride, next = g.bStride;
        FloatVector c00 = FloatVector.fromArray(S, z, zAt);
        FloatVector c01 = FloatVector.fromArray(S, z, zAt + L);
        for (int k = 0; k < g.depth; k++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bAt);
            FloatVector b1 = FloatVector.fromArray(S, b, bAt + L);
            FloatVector a0 = FloatVector.broadcast(S, a[aAt]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            aAt += across;
            bAt += next;
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
    }

    private static void tile8x1(Gemm g, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt) {
        int down = g.rowStride, across = g.depthStride, next = g.bStride, n = g.cStride;
        FloatVector c00 = FloatVector.fromArray(S, z, zAt);
        FloatVector c10 = FloatVector.fromArray(S, z, zAt + zStride);
        FloatVector c20 = FloatVector.fromArray(S, z, zAt + 2 * zStride);
        FloatVector c30 = FloatVector.fromArray(S, z, zAt + 3 * zStride);
        FloatVector c40 = FloatVector.fromArray(S, z, zAt + 4 * zStride);
        FloatVector c50 = FloatVector.fromArray(S, z, zAt + 5 * zStride);
        FloatVector c60 = FloatVector.fromArray(S, z, zAt + 6 * zStride);
        FloatVector c70 = FloatVector.fromArray(S, z, zAt + 7 * zStride);
        for (int k = 0; k < g.depth; k++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bAt);
            c00 = FloatVector.broadcast(S, a[aAt]).fma(b0, c00);
            c10 = FloatVector.broadcast(S, a[aAt + down]).fma(b0, c10);
            c20 = FloatVector.broadcast(S, a[aAt + 2 * down]).fma(b0, c20);
            c30 = FloatVector.broadcast(S, a[aAt + 3 * down]).fma(b0, c30);
            c40 = FloatVector.broadcast(S, a[aAt + 4 * down]).fma(b0, c40);
            c50 = FloatVector.broadcast(S, a[aAt + 5 * down]).fma(b0, c50);
            c60 = FloatVector.broadcast(S, a[aAt + 6 * down]).fma(b0, c60);
            c70 = FloatVector.broadcast(S, a[aAt + 7 * down]).fma(b0, c70);
            aAt += across;
            bAt += next;
        }
        c00.intoArray(c, cAt);
        c10.intoArray(c, cAt + n);
        c20.intoArray(c, cAt + 2 * n);
        c30.intoArray(c, cAt + 3 * n);
        c40.intoArray(c, cAt + 4 * n);
        c50.intoArray(c, cAt + 5 * n);
        c60.intoArray(c, cAt + 6 * n);
        c70.intoArray(c, cAt + 7 * n);
    }

    private static void tile4x1(Gemm g, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, int zStride, float[] c, int cAt, int width) {
        int down = g.rowStride, across = g.depthStride, next = g.bStride, n = g.cStride;
        VectorMask<Float> tail = S.indexInRange(0, width);
        FloatVector c00 = FloatVector.fromArray(S, z, zAt, tail);
        FloatVector c10 = FloatVector.fromArray(S, z, zAt + zStride, tail);
        FloatVector c20 = FloatVector.fromArray(S, z, zAt + 2 * zStride, tail);
        FloatVector c30 = FloatVector.fromArray(S, z, zAt + 3 * zStride, tail);
        for (int k = 0; k < g.depth; k++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bAt, tail);
            FloatVector a0 = FloatVector.broadcast(S, a[aAt]);
            c00 = a0.fma(b0, c00);
            FloatVector a1 = FloatVector.broadcast(S, a[aAt + down]);
            c10 = a1.fma(b0, c10);
            FloatVector a2 = FloatVector.broadcast(S, a[aAt + 2 * down]);
            c20 = a2.fma(b0, c20);
            FloatVector a3 = FloatVector.broadcast(S, a[aAt + 3 * down]);
            c30 = a3.fma(b0, c30);
            aAt += across;
            bAt += next;
        }
        c00.intoArray(c, cAt, tail);
        c10.intoArray(c, cAt + n, tail);
        c20.intoArray(c, cAt + 2 * n, tail);
        c30.intoArray(c, cAt + 3 * n, tail);
    }

    private static void tile1x1(Gemm g, float[] a, int aAt, float[] b, int bAt, float[] z, int zAt, float[] c, int cAt, int width) {
        int across = g.depthStride, next = g.bStride;
        VectorMask<Float> tail = S.indexInRange(0, width);
        FloatVector c00 = FloatVector.fromArray(S, z, zAt, tail);
        for (int k = 0; k < g.depth; k++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bAt, tail);
            FloatVector a0 = FloatVector.broadcast(S, a[aAt]);
            c00 = a0.fma(b0, c00);
            aAt += across;
            bAt += next;
        }
        c00.intoArray(c, cAt, tail);
    }
}
