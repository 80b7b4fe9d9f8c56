package io.evolo.optimizers.dl4j;

import io.evolo.tasks.Split;
import io.evolo.tasks.data.Dataset;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Examples for {@link Dl4jTask} and {@link SameDiffTask}: inputs and labels of any shape, in the parts that never overlap, held on the
 * heap. Immutable and thread-safe; equal if name and content are.
 */
public final class Dl4jData {
    private final String name;
    private final Map<Split, Part> parts;
    private final String sha256;

    /** The examples of one part, row-major. */
    private record Part(int count, long[] inputShape, float[] inputs, long[] labelShape, float[] labels) {}

    /**
     * @param name for reports
     * @param parts every split's examples, the first axis counts them; copied
     * @throws IllegalArgumentException if a split is missing, or an example has a mask
     */
    public Dl4jData(String name, Map<Split, DataSet> parts) {
        this.name = name;
        this.parts = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            if (!parts.containsKey(split)) {
                throw new IllegalArgumentException("data set '" + name + "' has no " + split + " examples; Dl4jData.of(name, train,"
                        + " test) holds some of the training examples out for the parts between");
            }
            this.parts.put(split, part(name, split, parts.get(split)));
        }
        this.sha256 = digest();
    }

    /** Holds the last two tenths of the training examples out, for choosing within and between optimizers. */
    public static Dl4jData of(String name, DataSet train, DataSet test) {
        int count = train.numExamples();
        int tenth = count / 10;
        if (tenth < 1) {
            throw new IllegalArgumentException("data set '" + name + "' has " + count + " training examples, expected at least 10");
        }
        int left = count - 2 * tenth;
        return new Dl4jData(name, Map.of(
                Split.TRAIN, (DataSet) train.getRange(0, left),
                Split.INNER_VALID, (DataSet) train.getRange(left, left + tenth),
                Split.OUTER_VALID, (DataSet) train.getRange(left + tenth, count),
                Split.TEST, test));
    }

    /** Grey images as rows of pixels, labels as one of so many. */
    public static Dl4jData of(Dataset images) {
        if (images.channels() != 1) {
            throw new IllegalArgumentException("data set " + images.name() + " has " + images.channels()
                    + " channels, expected 1: DL4J wants channels before pixels; prepare it as grey");
        }
        Map<Split, DataSet> parts = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            int count = images.examples(split);
            float[] inputs = new float[count * images.features()];
            float[] labels = new float[count * images.classes()];
            for (int i = 0; i < count; i++) {
                images.copyInput(split, i, inputs, i * images.features());
                labels[i * images.classes() + images.label(split, i)] = 1;
            }
            parts.put(split, new DataSet(
                    Nd4j.createFromArray(inputs).reshape(count, images.features()),
                    Nd4j.createFromArray(labels).reshape(count, images.classes())));
        }
        return new Dl4jData(images.name(), parts);
    }

    private static Part part(String name, Split split, DataSet examples) {
        if (examples.hasMaskArrays()) {
            throw new IllegalArgumentException("data set '" + name + "', " + split
                    + ": the examples have masks, which tasks do not serve; cut sequences to one length instead");
        }
        INDArray inputs = examples.getFeatures();
        INDArray labels = examples.getLabels();
        return new Part(examples.numExamples(), inputs.shape(), inputs.dup('c').data().asFloat(), labels.shape(),
                labels.dup('c').data().asFloat());
    }

    public String name() {
        return name;
    }

    /** SHA-256 in hexadecimal of shapes, inputs and labels of all parts. */
    public String sha256() {
        return sha256;
    }

    public int examples(Split split) {
        return parts.get(split).count();
    }

    /** All examples of one part, for DL4J's own fit and evaluation. */
    public DataSet dataSet(Split split) {
        int[] all = IntStream.range(0, examples(split)).toArray();
        return new DataSet(inputs(split, all), labels(split, all));
    }

    /** These examples' inputs, as one array. */
    INDArray inputs(Split split, int[] examples) {
        Part part = parts.get(split);
        return gather(part.inputs(), part.inputShape(), examples);
    }

    /** These examples' labels, as one array. */
    INDArray labels(Split split, int[] examples) {
        Part part = parts.get(split);
        return gather(part.labels(), part.labelShape(), examples);
    }

    private static INDArray gather(float[] values, long[] shape, int[] examples) {
        int each = Math.toIntExact(Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact));
        float[] batch = new float[examples.length * each];
        IntStream.range(0, examples.length)
                .forEach(i -> System.arraycopy(values, examples[i] * each, batch, i * each, each));
        long[] batchShape = shape.clone();
        batchShape[0] = examples.length;
        return Nd4j.createFromArray(batch).reshape('c', batchShape);
    }

    private String digest() {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            parts.forEach((split, part) -> {
                sha.update((Arrays.toString(part.inputShape()) + Arrays.toString(part.labelShape())).getBytes(StandardCharsets.UTF_8));
                update(sha, part.inputs());
                update(sha, part.labels());
            });
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static void update(MessageDigest sha, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        sha.update(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Dl4jData that && name.equals(that.name) && sha256.equals(that.sha256);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + sha256.hashCode();
    }

    @Override
    public String toString() {
        return name + " sha256:" + sha256;
    }
}
