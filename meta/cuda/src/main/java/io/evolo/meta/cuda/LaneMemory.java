package io.evolo.meta.cuda;

/**
 * Gives out places in a lane's memory, in floats; every lane has the same. What a checkpoint keeps of a lane lies at its beginning:
 * parameters, three momenta, the second moment, three factored second moments.
 */
final class LaneMemory {
    /** A quarter of a cache line, so that whole vectors of four can be read. */
    private static final int ALIGNMENT = 4;

    /** A lane begins with a cache line. */
    private static final int LINE = 32;

    private long size;

    /** So many floats. */
    int take(long count) {
        long at = size;
        size = at + (count + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a lane needs more than " + Integer.MAX_VALUE + " floats; the network is too large");
        }
        return (int) at;
    }

    /** Distance of two lanes, in floats. */
    long stride() {
        return (size + LINE - 1) / LINE * LINE;
    }
}
