package io.evolo.tasks.data;

import io.evolo.tasks.Split;
import java.util.Map;

/**
 * Square images with labels, in four parts that never overlap. Inputs are row-major [side × side × channels]. Immutable and
 * thread-safe; equal if name and content are.
 */
public final class Dataset implements TaskData {
    private final String name;
    private final int side;
    private final int channels;
    private final int classes;
    private final float[][] inputs;
    private final int[][] labels;
    private final String sha256;

    /**
     * @param name for reports, for instance {@code strokes8}
     * @param side height and width in pixels, at least 1
     * @param channels values per pixel, at least 1
     * @param classes labels lie in [0, classes)
     * @param parts the examples of every split; their arrays are taken over, not copied
     * @throws IllegalArgumentException if a split is missing, a label is out of range, or an input is not finite or of another size
     */
    public Dataset(String name, int side, int channels, int classes, Map<Split, Examples> parts) {
        this.name = name;
        this.side = side;
        this.channels = channels;
        this.classes = classes;
        if (name.isBlank() || side < 1 || channels < 1 || classes < 2) {
            throw new IllegalArgumentException("data set '" + name + "': side " + side + ", channels " + channels + ", classes "
                    + classes + "; expected a name, at least 1, 1 and 2");
        }
        this.inputs = new float[Split.values().length][];
        this.labels = new int[Split.values().length][];
        for (Split split : Split.values()) {
            if (!parts.containsKey(split)) {
                throw new IllegalArgumentException("data set '" + name + "' has no " + split + " examples");
            }
            Examples examples = parts.get(split);
            check(split, examples);
            inputs[split.ordinal()] = examples.inputs();
            labels[split.ordinal()] = examples.labels();
        }
        this.sha256 = digest();
    }

    private void check(Split split, Examples examples) {
        String where = "data set '" + name + "', " + split + ": ";
        if (examples.features() != features()) {
            throw new IllegalArgumentException(where + examples.features() + " values an example, expected " + features());
        }
        for (int label : examples.labels()) {
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException(where + "label " + label + ", expected one of [0, " + classes + ")");
            }
        }
        for (float value : examples.inputs()) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException(where + "an input is " + value + ", expected finite values");
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    /** Values of one input: side · side · channels. */
    public int features() {
        return side * side * channels;
    }

    public int side() {
        return side;
    }

    public int channels() {
        return channels;
    }

    public int classes() {
        return classes;
    }

    /** The number of examples of that part, at least 1. */
    public int examples(Split split) {
        return labels[split.ordinal()].length;
    }

    /** Writes the input of one example to {@code out[offset …  offset + features())}. Allocates nothing. */
    public void copyInput(Split split, int example, float[] out, int offset) {
        int features = features();
        System.arraycopy(inputs[split.ordinal()], example * features, out, offset, features);
    }

    /** The class of one example, in [0, classes). */
    public int label(Split split, int example) {
        return labels[split.ordinal()][example];
    }

    /** SHA-256 in hexadecimal of shape, labels and inputs of all parts; the name is not part of it. */
    @Override
    public String sha256() {
        return sha256;
    }

    /** Digests: side, channels, classes; then per split its count, its labels, the bits of its inputs. */
    private String digest() {
        ContentDigest digest = new ContentDigest();
        digest.putAll(side, channels, classes);
        for (Split split : Split.values()) {
            digest.put(examples(split));
            digest.putAll(labels[split.ordinal()]);
            for (float value : inputs[split.ordinal()]) {
                digest.put(Float.floatToIntBits(value));
            }
        }
        return digest.hex();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Dataset that && name.equals(that.name) && sha256.equals(that.sha256);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + sha256.hashCode();
    }

    @Override
    public String toString() {
        return name + " (" + side + "×" + side + "×" + channels + ", " + classes + " classes; " + examples(Split.TRAIN) + " train, "
                + examples(Split.INNER_VALID) + " inner valid, " + examples(Split.OUTER_VALID) + " outer valid, "
                + examples(Split.TEST) + " test)";
    }
}
