package io.evolo.tasks.data;

import io.evolo.tasks.Split;
import java.util.EnumMap;
import java.util.Map;

/** Inputs with values to predict, in parts that never overlap. Immutable and thread-safe; equal if name and content are. */
public final class RegressionData implements TaskData {
    private final String name;
    private final int features;
    private final int outputs;
    private final Map<Split, Values> parts;
    private final String sha256;

    /**
     * The examples of one part, one behind the other; the arrays are handed over, not copied.
     *
     * @param inputs [examples × features]
     * @param targets [examples × outputs]
     */
    public record Values(float[] inputs, float[] targets) {}

    /**
     * @param name for reports
     * @param features values of one input, at least 1
     * @param outputs values to predict, at least 1
     * @param parts the examples of every split
     * @throws IllegalArgumentException if a split is missing or its arrays do not fit together
     */
    public RegressionData(String name, int features, int outputs, Map<Split, Values> parts) {
        this.name = name;
        this.features = features;
        this.outputs = outputs;
        this.parts = new EnumMap<>(parts);
        for (Split split : Split.values()) {
            Values values = parts.getOrDefault(split, new Values(new float[0], new float[0]));
            int count = values.targets.length / outputs;
            if (count == 0 || values.targets.length != count * outputs || values.inputs.length != count * features) {
                throw new IllegalArgumentException("data set '" + name + "', " + split + ": " + values.inputs.length + " inputs and "
                        + values.targets.length + " targets, expected some examples of " + features + " and " + outputs);
            }
        }
        this.sha256 = digest();
    }

    @Override
    public String name() {
        return name;
    }

    /** Values of one input. */
    public int features() {
        return features;
    }

    /** Values to predict from one input. */
    public int outputs() {
        return outputs;
    }

    /** The number of examples of that part, at least 1. */
    public int examples(Split split) {
        return parts.get(split).targets.length / outputs;
    }

    /** Writes one input to {@code out[offset … offset + features)}. Allocates nothing. */
    public void copyInput(Split split, int example, float[] out, int offset) {
        System.arraycopy(parts.get(split).inputs, example * features, out, offset, features);
    }

    /** Writes what is to be predicted to {@code out[offset … offset + outputs)}. Allocates nothing. */
    public void copyTarget(Split split, int example, float[] out, int offset) {
        System.arraycopy(parts.get(split).targets, example * outputs, out, offset, outputs);
    }

    @Override
    public String sha256() {
        return sha256;
    }

    private String digest() {
        ContentDigest digest = new ContentDigest();
        digest.putAll(features, outputs);
        for (Split split : Split.values()) {
            digest.put(examples(split));
            for (float value : parts.get(split).inputs) {
                digest.put(Float.floatToIntBits(value));
            }
            for (float value : parts.get(split).targets) {
                digest.put(Float.floatToIntBits(value));
            }
        }
        return digest.hex();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RegressionData that && name.equals(that.name) && sha256.equals(that.sha256);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + sha256.hashCode();
    }

    @Override
    public String toString() {
        return name + " (" + features + " features, " + outputs + " outputs; " + examples(Split.TRAIN) + " train, "
                + examples(Split.INNER_VALID) + " inner valid, " + examples(Split.OUTER_VALID) + " outer valid, "
                + examples(Split.TEST) + " test)";
    }
}
