package io.evolo.tasks.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The yardstick of every kernel: how many floating-point operations a second one thread reaches with fused multiply-adds that wait
 * for nothing. A figure of speed means little on a shared machine unless it is a share of this, measured in the same seconds.
 *
 * <p>Needs the module {@code jdk.incubator.vector}.
 */
public final class FmaPeak {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    /** Multiply-adds in flight: latency 4 times 2 units, and a few to spare; with two operands 14 of the 16 AVX2 registers. */
    private static final int CHAINS = 12;
    /** Multiply-adds of one chain in one timing; even. */
    private static final int BLOCK = 20_000;
    private static final int WARM_UP_MILLIS = 200;
    /** No compiled vector code is this slow (gigaflops), no interpreted one this fast. */
    private static final double COMPILED = 6;
    private static final int PATIENCE_MILLIS = 20_000;

    private FmaPeak() {}

    /**
     * Gigaflops (2 per lane and fused multiply-add) of one thread: the fastest of all blocks of about half a millisecond that fit
     * into the given time, after a warm-up of a fraction of a second, in which the compiler finishes.
     *
     * @param millis how long to measure, at least 1
     */
    public static double gigaflops(int millis) {
        if (millis < 1) {
            throw new IllegalArgumentException("measuring time is " + millis + " ms, expected at least 1");
        }
        float[] sink = new float[S.length()];
        double rate = fastest(sink, BLOCK / 20, WARM_UP_MILLIS);
        for (int waited = 0; rate < COMPILED && waited < PATIENCE_MILLIS; waited += WARM_UP_MILLIS) {
            rate = fastest(sink, BLOCK / 20, WARM_UP_MILLIS);
        }
        return fastest(sink, BLOCK, millis);
    }

    private static double fastest(float[] sink, int block, int millis) {
        long best = Long.MAX_VALUE;
        long end = System.nanoTime() + millis * 1_000_000L;
        for (long start = System.nanoTime(); start < end; start = System.nanoTime()) {
            chains(sink, block);
            best = Math.min(best, System.nanoTime() - start);
        }
        return 2.0 * CHAINS * S.length() * block / best;
    }

    /**
     * Every chain adds the same product to itself; floats neither reassociate nor fold, and the sum leaves by {@code sink}. Two
     * rounds in the body make the method too large to be inlined: inlined into the timing loop, it loses a quarter of its rate.
     */
    private static void chains(float[] sink, int count) {
        FloatVector x = FloatVector.broadcast(S, 1e-3f);
        FloatVector y = FloatVector.fromArray(S, sink, 0).min(1e-3f);
        FloatVector a = x.mul(1), b = x.mul(2), c = x.mul(3), d = x.mul(4), e = x.mul(5), f = x.mul(6);
        FloatVector g = x.mul(7), h = x.mul(8), i = x.mul(9), j = x.mul(10), k = x.mul(11), l = x.mul(12);
        for (int n = 0; n < count; n += 2) {
            a = x.fma(y, a);
            b = x.fma(y, b);
            c = x.fma(y, c);
            d = x.fma(y, d);
            e = x.fma(y, e);
            f = x.fma(y, f);
            g = x.fma(y, g);
            h = x.fma(y, h);
            i = x.fma(y, i);
            j = x.fma(y, j);
            k = x.fma(y, k);
            l = x.fma(y, l);
            a = x.fma(y, a);
            b = x.fma(y, b);
            c = x.fma(y, c);
            d = x.fma(y, d);
            e = x.fma(y, e);
            f = x.fma(y, f);
            g = x.fma(y, g);
            h = x.fma(y, h);
            i = x.fma(y, i);
            j = x.fma(y, j);
            k = x.fma(y, k);
            l = x.fma(y, l);
        }
        a.add(b).add(c).add(d).add(e.add(f).add(g).add(h)).add(i.add(j).add(k).add(l)).intoArray(sink, 0);
    }
}
