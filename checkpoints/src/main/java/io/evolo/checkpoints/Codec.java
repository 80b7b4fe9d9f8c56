package io.evolo.checkpoints;

/**
 * How values of one type are written to a payload and read from it: one per record, with a version of its own, so that every file
 * ever written stays readable. Implementations hold no state.
 *
 * @param <T> what is written
 */
public interface Codec<T> {
    /** What a file of such values calls itself: 1 to 32 characters of {@code [a-z0-9_-]}. */
    String kind();

    /** The version that {@link #write} writes, at least 1. */
    int version();

    /** Writes at least one byte. */
    void write(PayloadOutput out, T value);

    /**
     * Reads what {@link #write} of that version wrote. May throw any RuntimeException, as compact constructors do: whoever reads a
     * file gets a {@link CheckpointException} for it.
     *
     * @param version in [1, {@link #version()}]
     */
    T read(PayloadInput in, int version);

    /** What guards the payload in a file. */
    default Digest digest() {
        return Digest.CRC32C;
    }
}
