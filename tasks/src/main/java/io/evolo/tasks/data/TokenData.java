package io.evolo.tasks.data;

import io.evolo.tasks.Split;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Running text as token ids, in four parts that never overlap. A batch is made of windows: {@code length} tokens to read and, one
 * further, {@code length} tokens to predict. Immutable and thread-safe; equal if name and content are.
 *
 * <pre>{@code
 * int begin = key.example(step, position, data.windows(key.split(), length));
 * data.copyWindow(key.split(), begin, length + 1, window, 0);   // inputs window[0 … length), targets window[1 … length]
 * }</pre>
 */
public final class TokenData implements TaskData {
    private final String name;
    private final List<String> symbols;
    private final int[][] ids;
    private final OptionalDouble entropyRate;
    private final String sha256;

    /**
     * @param name for reports, for instance {@code grammar}
     * @param symbols what each id stands for; as many as the vocabulary has, at least 2
     * @param parts the ids of every split, each in [0, vocabulary); the arrays are taken over, not copied
     * @param entropyRate of the source that the text was drawn from, nats per token, where it is known: no model of the source has a
     *     smaller expected loss on fresh text
     * @throws IllegalArgumentException if a split is missing or empty, or an id is out of range
     */
    public TokenData(String name, List<String> symbols, Map<Split, int[]> parts, OptionalDouble entropyRate) {
        this.name = name;
        this.symbols = List.copyOf(symbols);
        this.entropyRate = entropyRate;
        this.ids = new int[Split.values().length][];
        if (name.isBlank() || symbols.size() < 2) {
            throw new IllegalArgumentException(
                    "token data '" + name + "' with " + symbols.size() + " symbols, expected a name and at least 2");
        }
        for (Split split : Split.values()) {
            int[] part = parts.getOrDefault(split, new int[0]);
            check(split, part);
            ids[split.ordinal()] = part;
        }
        this.sha256 = digest();
    }

    private void check(Split split, int[] part) {
        if (part.length == 0) {
            throw new IllegalArgumentException("token data '" + name + "' has no " + split + " tokens");
        }
        for (int id : part) {
            if (id < 0 || id >= symbols.size()) {
                throw new IllegalArgumentException(
                        "token data '" + name + "', " + split + ": id " + id + ", expected one of [0, " + symbols.size() + ")");
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    /** The number of different tokens; ids lie in [0, vocabulary). */
    public int vocabulary() {
        return symbols.size();
    }

    /** The number of tokens of that part. */
    public int tokens(Split split) {
        return ids[split.ordinal()].length;
    }

    /** Nats per token of the source that the text was drawn from, where it is known: the least expected loss of any model. */
    public OptionalDouble entropyRate() {
        return entropyRate;
    }

    /**
     * The number of windows of {@code length} tokens to read and one more to predict after the last: they begin at [0, windows).
     *
     * @throws DataException if the part has not enough tokens for one
     */
    public int windows(Split split, int length) {
        int windows = tokens(split) - length;
        if (windows < 1) {
            throw new DataException(name + ": the " + split + " part has " + tokens(split) + " tokens, expected at least "
                    + (length + 1) + " for one window of " + length + "; take a longer text or a shorter window");
        }
        return windows;
    }

    /**
     * Refuses a text that cannot fill batches.
     *
     * @param batch windows of one batch
     * @param length tokens of one window
     * @throws DataException if the training part has fewer tokens than one batch, or any part fewer than one window
     */
    public void requireBatch(int batch, int length) {
        for (Split split : Split.values()) {
            windows(split, length);
        }
        if (tokens(Split.TRAIN) <= (long) batch * length) {
            throw new DataException(name + ": the TRAIN part has " + tokens(Split.TRAIN) + " tokens, fewer than one batch of " + batch
                    + " windows of " + length + "; take a longer text, a smaller batch or a shorter window");
        }
    }

    /** Writes {@code count} ids from {@code begin} on to {@code out[offset … offset + count)}. Allocates nothing. */
    public void copyWindow(Split split, int begin, int count, int[] out, int offset) {
        System.arraycopy(ids[split.ordinal()], begin, out, offset, count);
    }

    /** One token's id. */
    public int id(Split split, int position) {
        return ids[split.ordinal()][position];
    }

    /** What ids stand for, one behind the other. */
    public String text(int... tokens) {
        return Arrays.stream(tokens).mapToObj(symbols::get).collect(Collectors.joining());
    }

    /** SHA-256 in hexadecimal of vocabulary size and ids of all parts; the name is not part of it. */
    @Override
    public String sha256() {
        return sha256;
    }

    private String digest() {
        ContentDigest digest = new ContentDigest();
        digest.put(vocabulary());
        for (int[] part : ids) {
            digest.put(part.length);
            digest.putAll(part);
        }
        return digest.hex();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenData that && name.equals(that.name) && sha256.equals(that.sha256);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + sha256.hashCode();
    }

    @Override
    public String toString() {
        return name + " (" + vocabulary() + " symbols; " + tokens(Split.TRAIN) + " train, " + tokens(Split.INNER_VALID)
                + " inner valid, " + tokens(Split.OUTER_VALID) + " outer valid, " + tokens(Split.TEST) + " test)";
    }
}
