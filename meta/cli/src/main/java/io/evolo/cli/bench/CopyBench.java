package io.evolo.cli.bench;

/** Memory bandwidth of one thread. */
final class CopyBench {
    private static final int FLOATS = 16 << 20; // 64 MiB each: beyond the caches of today's processors

    private CopyBench() {}

    /** Bytes read plus bytes written per nanosecond, the fastest of the copies of about half a second. */
    static double gigabytesPerSecond() {
        float[] from = new float[FLOATS];
        float[] to = new float[FLOATS];
        Runnable copy = () -> System.arraycopy(from, 0, to, 0, FLOATS);
        Stopwatch.warmUp(copy, 100);
        return 2.0 * Float.BYTES * FLOATS / Stopwatch.fastestNanos(copy, 400);
    }
}
