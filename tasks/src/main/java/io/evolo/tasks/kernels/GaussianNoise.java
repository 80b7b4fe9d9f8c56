package io.evolo.tasks.kernels;

/**
 * Standard normals that are a function of a name and a position: nothing is kept, and every executor draws the same. Box and Muller's
 * formula on a grid of 4096 radii and 4096 angles, which ends at 4.25 standard deviations; mean 0, variance 1 within 2·10⁻⁴.
 */
public final class GaussianNoise {
    private static final int STEPS = 4096;
    private static final float[] RADII = new float[STEPS];
    private static final float[] COSINES = new float[STEPS];

    static {
        for (int i = 0; i < STEPS; i++) {
            double u = (i + 0.5) / STEPS;
            RADII[i] = (float) Math.sqrt(-2 * StrictMath.log(u));
            COSINES[i] = (float) StrictMath.cos(2 * Math.PI * u);
        }
    }

    private GaussianNoise() {}

    /** Writes n normals from {@code at} on. */
    public static void fill(long name, float[] out, int at, int n) {
        for (int i = 0; i < n; i++) {
            long bits = mix(name, i);
            out[at + i] = RADII[(int) (bits >>> 52)] * COSINES[(int) (bits >>> 40) & (STEPS - 1)];
        }
    }

    /** 64 random bits that belong to a name and an index: the finalizer of SplitMix64 (Steele et al. 2014). */
    public static long mix(long name, long index) {
        long z = name + 0x9E3779B97F4A7C15L * (index + 1);
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
