package io.evolo.cli.bench;

import java.util.Arrays;

/** Times of repeated work. The machine is shared and its clock changes, so minima and medians count, never means. */
final class Stopwatch {
    private Stopwatch() {}

    /** Repeats the work for about this long, at least twice, so that the compiler has done its part. */
    static void warmUp(Runnable work, int millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        work.run();
        do {
            work.run();
        } while (System.nanoTime() < end);
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

    /** The median; of an even number the mean of the middle two. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
