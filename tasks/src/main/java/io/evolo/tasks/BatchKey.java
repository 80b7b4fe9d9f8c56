package io.evolo.tasks;

/**
 * Names the examples of every step of one inner problem instead of holding them: two lanes with equal keys see equal batches, on
 * every executor and after every resume. Examples are drawn with replacement.
 *
 * @param split which part of the data
 * @param stream which sequence of batches: 64 random bits
 */
public record BatchKey(Split split, long stream) {

    private static final long STEP = 0x9E3779B97F4A7C15L;
    private static final long POSITION = 0xD1B54A32D192ED03L;

    /** The key whose stream is named by seed, purpose and indices as in {@link Rng#of}. */
    public static BatchKey of(Split split, long seed, String purpose, long... indices) {
        return new BatchKey(split, Rng.of(seed, purpose, indices).nextLong());
    }

    /** 64 random bits that belong to one position of one step's batch. A pure function; allocates nothing. */
    public long bits(int step, int position) {
        return mix(mix(stream + STEP * step) + POSITION * position);
    }

    /** The index in [0, count) of the example at that position of that step's batch. */
    public int example(int step, int position, int count) {
        return (int) Math.unsignedMultiplyHigh(bits(step, position), count);
    }

    /** Finalizer of SplitMix64 (Steele et al. 2014), variant 13 of Stafford. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
