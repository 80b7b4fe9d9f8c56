package io.evolo.tasks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** How much steps allocate once they are compiled: vector code that is interpreted allocates its vectors. */
public final class Allocation {
    private static final long PATIENCE_NANOS = 90_000_000_000L;
    private static final long NOTHING_TO_SPEAK_OF = 1000;

    private Allocation() {}

    /** Bytes that the best round takes of all until one takes next to nothing, for a minute and a half at most: busy machines compile late. */
    public static long least(int steps, Runnable step) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (least > NOTHING_TO_SPEAK_OF && System.nanoTime() < end) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < steps; i++) {
                step.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
