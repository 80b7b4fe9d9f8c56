package io.evolo.tasks;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.SharedStateContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;

/**
 * A stream of random numbers named by a seed, a purpose and up to three indices: Philox 4x64 keyed by (seed, purpose) and started at
 * a counter made of the indices. The same name gives the same numbers on every thread, executor and resumed run, so no position is
 * ever saved. Not thread-safe; a stream is cheap to make (about a microsecond).
 */
public final class Rng {
    private final UniformRandomProvider source;
    private final SharedStateContinuousSampler gaussian;

    private Rng(UniformRandomProvider source) {
        this.source = source;
        this.gaussian = ZigguratSampler.NormalizedGaussian.of(source);
    }

    /**
     * The stream of that name.
     *
     * @param purpose what the numbers are for, a short constant such as {@code "noise"}
     * @param indices at most three, for instance outer step and particle
     */
    public static Rng of(long seed, String purpose, long... indices) {
        if (indices.length > 3) {
            throw new IllegalArgumentException("got " + indices.length + " indices, expected at most 3");
        }
        // Key (2 words), then counter (4 words): the low counter word is left at 0 for the stream to run in.
        long[] state = new long[6];
        state[0] = seed;
        state[1] = hash(purpose);
        System.arraycopy(indices, 0, state, 3, indices.length);
        return new Rng(RandomSource.PHILOX_4X64.create(state));
    }

    private static long hash(String purpose) {
        byte[] bytes = purpose.getBytes(StandardCharsets.UTF_8);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue() << 32 | bytes.length;
    }

    /** Uniform over all 64-bit values. */
    public long nextLong() {
        return source.nextLong();
    }

    /** Uniform integer in [0, bound). */
    public int nextInt(int bound) {
        return source.nextInt(bound);
    }

    /** Uniform in [0, 1). */
    public double nextDouble() {
        return source.nextDouble();
    }

    /** Uniform in [low, high). */
    public double uniform(double low, double high) {
        return low + (high - low) * source.nextDouble();
    }

    /** Log-uniform in [low, high), both positive. */
    public double logUniform(double low, double high) {
        return StrictMath.exp(uniform(StrictMath.log(low), StrictMath.log(high)));
    }

    /** Log-uniform integer in [low, high], both at least 1. */
    public int logUniformInt(int low, int high) {
        return Math.clamp((long) logUniform(low, high + 1.0), low, high);
    }

    /** Standard normal. */
    public double gaussian() {
        return gaussian.sample();
    }

    /** Standard normal, drawn again until it lies in [-2, 2]. Its standard deviation is 0.8796. */
    public double truncatedGaussian() {
        double z = gaussian.sample();
        while (Math.abs(z) > 2) {
            z = gaussian.sample();
        }
        return z;
    }

    /** Writes independent normals of standard deviation {@code sigma} to all of {@code out}. */
    public void fillGaussian(float[] out, double sigma) {
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) (sigma * gaussian.sample());
        }
    }
}
