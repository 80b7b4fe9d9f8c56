package io.evolo.cli.bench;

import io.evolo.tasks.kernels.FmaPeak;
import java.util.Arrays;

/** Times of repeated work. The machine is shared and its clock changes, so minima and medians count, never means. */
final class Stopwatch {
    private static final long LONGEST_WARM_UP_NANOS = 6_000_000_000L;
    private static final int WARM_UP_WINDOW_MILLIS = 250;
    private static final int ROUNDS = 3;
    private static final int ROUND_MILLIS = 40;

    private Stopwatch() {}

    /**
     * Repeats the work until the compiler has done its part: for at least this long, then until the fastest run of a quarter of a second is
     * no more than 3% faster than that of those before, twice in a row; 6 seconds at most.
     */
    static void warmUp(Runnable work, int millis) {
        long start = System.nanoTime();
        double before = Double.POSITIVE_INFINITY;
        int settled = 0;
        while (settled < 2 && System.nanoTime() - start < LONGEST_WARM_UP_NANOS) {
            double now = fastestNanos(work, WARM_UP_WINDOW_MILLIS);
            boolean longEnough = System.nanoTime() - start >= millis * 1_000_000L;
            settled = longEnough && now > 0.97 * before ? settled + 1 : 0;
            before = Math.min(before, now);
        }
    }

    /** Nanoseconds of the fastest run among all that fit into this time, at least one. */
    static double fastestNanos(Runnable work, int millis) {
        long best = Long.MAX_VALUE;
        long start = System.nanoTime();
        long end = start + millis * 1_000_000L;
        while (start < end) {
            work.run();
            long now = System.nanoTime();
            best = Math.min(best, now - start);
            start = now;
        }
        return best;
    }

    /** Operations per nanosecond of the fastest run, as a share of the FMA peak measured beside it: the median of some rounds. */
    static double shareOfPeak(double flops, Runnable work) {
        warmUp(work, WARM_UP_WINDOW_MILLIS);
        double[] shares = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            shares[round] = flops / fastestNanos(work, ROUND_MILLIS) / FmaPeak.gigaflops(ROUND_MILLIS);
        }
        return median(shares);
    }

    /** The median; of an even number the mean of the middle two. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
