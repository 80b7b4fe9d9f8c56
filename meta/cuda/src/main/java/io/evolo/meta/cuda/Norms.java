package io.evolo.meta.cuda;

/** The norms of parts of a lane's floats, which whoever needs the norm of all adds up. */
final class Norms {
    /** Floats of one part, at least; and most parts. */
    private static final int PART = 2048;

    private static final int MOST_PARTS = 64;

    private Norms() {}

    /** How many parts so many floats have. */
    static int parts(int size) {
        return Math.min(MOST_PARTS, (size + PART - 1) / PART);
    }

    /**
     * The kernel that writes them.
     *
     * @param from where the floats lie
     * @param to where their norms go
     */
    static Call call(int from, int size, int to) {
        return Call.blocks("norms", parts(size), from, size, to);
    }
}
