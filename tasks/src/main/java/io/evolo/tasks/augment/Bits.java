package io.evolo.tasks.augment;

/** Random bits that are named instead of drawn, so that they need no state. Pure functions; allocate nothing. */
final class Bits {
    private static final long STEP = 0x9E3779B97F4A7C15L;
    private static final long INDEX = 0xD1B54A32D192ED03L;
    /** The sum of four 16-bit uniforms has this standard deviation, √(4·(2³² − 1)/12), and mean 2·(2¹⁶ − 1). */
    private static final double STD = Math.sqrt((4294967296.0 - 1) / 3);

    private static final double MEAN = 2 * 65535.0;

    private Bits() {}

    /** 64 bits of that name. */
    static long of(long stream, long step, long index) {
        return mix(mix(stream + STEP * step) + INDEX * index);
    }

    /** Nearly normal, mean 0 and standard deviation 1: the sum of four uniform numbers, so within ±3.5. */
    static double normal(long stream, long step, long index) {
        long bits = of(stream, step, index);
        long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
        return (sum - MEAN) / STD;
    }

    /** Finalizer of SplitMix64 (Steele et al. 2014), variant 13 of Stafford. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
