package io.evolo.checkpoints;

import com.esotericsoftware.kryo.kryo5.io.Output;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A learned optimizer as it is published: what a user loads to train with, and how it came to be. Plain data; which rule it is and
 * how it steps is for others to know. Owns its arrays: they are copied in and out. Files end in {@code .evolo}, in the container of
 * {@link CheckpointFile} with a SHA-256.
 *
 * @param name of the file without {@code .evolo}: characters of {@code [A-Za-z0-9._-]}
 * @param rule which update rule theta is for, for instance {@code small_fc}
 * @param featureSchema version of the features that the rule reads, at least 1
 * @param hyperparameters of the rule, all of them
 * @param thetaTensors what theta is made of, in its order
 * @param theta meta-parameters, finite
 * @param provenance how it was meta-trained: recipe, seed, hashes of data, versions, compute
 * @param featureStatistics what each feature was like in meta-training, by name; may be empty
 * @param golden the self-test
 * @param licence under which theta may be used, by its SPDX name
 * @param usage how it is to be used; empty where its file has format 1, or nobody has said
 */
public record LearnedOptimizerPackage(
        String name,
        String rule,
        int featureSchema,
        SortedMap<String, Double> hyperparameters,
        List<NamedTensor> thetaTensors,
        float[] theta,
        SortedMap<String, String> provenance,
        Map<String, float[]> featureStatistics,
        GoldenSteps golden,
        String licence,
        Optional<Usage> usage) {

    /** How the names of package files end. */
    public static final String EXTENSION = ".evolo";

    public LearnedOptimizerPackage {
        hyperparameters = Collections.unmodifiableSortedMap(new TreeMap<>(hyperparameters));
        thetaTensors = List.copyOf(thetaTensors);
        theta = theta.clone();
        provenance = Collections.unmodifiableSortedMap(new TreeMap<>(provenance));
        featureStatistics = copy(featureStatistics);
        require(name.matches("[A-Za-z0-9._-]+"), "name '" + name + "', expected characters of [A-Za-z0-9._-]");
        require(!rule.isBlank(), "no rule, expected one such as small_fc");
        require(featureSchema >= 1, "feature schema " + featureSchema + ", expected at least 1");
        require(!licence.isBlank(), "no licence, expected one such as Apache-2.0");
        NamedTensor.requireFilled("theta", theta, thetaTensors);
        for (int i = 0; i < theta.length; i++) {
            require(Float.isFinite(theta[i]), "theta[" + i + "] is " + theta[i] + ", expected a finite number");
        }
    }

    /**
     * Replaces the file whole or leaves it as it was.
     *
     * @throws CheckpointException if it cannot be written
     */
    public void write(Path file) {
        CheckpointFile.write(file, new PackageCodec(), this);
    }

    /** The content of its file. */
    public byte[] content() {
        return CheckpointFile.content(new PackageCodec(), this);
    }

    /** @throws CheckpointException if the file is missing, cut short, damaged, of another kind or too new */
    public static LearnedOptimizerPackage read(Path file) {
        return CheckpointFile.read(file, new PackageCodec());
    }

    /**
     * The same of a package file's content.
     *
     * @param where what the content is, for messages
     */
    public static LearnedOptimizerPackage read(byte[] content, String where) {
        return CheckpointFile.read(content, where, new PackageCodec());
    }

    /** As bytes, to be sent to another process of the same version. */
    public byte[] bytes() {
        return Payload.bytes(new PackageCodec(), this);
    }

    /** What {@link #bytes} made. */
    public static LearnedOptimizerPackage of(byte[] bytes) {
        return Payload.decode(new PackageCodec(), bytes, "a package that was sent");
    }

    /** This package with other statistics. */
    public LearnedOptimizerPackage withFeatureStatistics(Map<String, float[]> statistics) {
        return new LearnedOptimizerPackage(
                name, rule, featureSchema, hyperparameters, thetaTensors, theta, provenance, statistics, golden, licence, usage);
    }

    /** This package with one more thing said of how it came to be, or another value for it. */
    public LearnedOptimizerPackage withProvenance(String key, String value) {
        SortedMap<String, String> longer = new TreeMap<>(provenance);
        longer.put(key, value);
        return new LearnedOptimizerPackage(
                name, rule, featureSchema, hyperparameters, thetaTensors, theta, longer, featureStatistics, golden, licence, usage);
    }

    /** This package with that said of how it is to be used. */
    public LearnedOptimizerPackage withUsage(Usage said) {
        return new LearnedOptimizerPackage(name, rule, featureSchema, hyperparameters, thetaTensors, theta, provenance,
                featureStatistics, golden, licence, Optional.of(said));
    }

    /** The identity of the package, as at the end of its file: SHA-256 of the payload, in hexadecimal. */
    public String sha256() {
        Output payload = Payload.encode(new PackageCodec(), this);
        return HexFormat.of().formatHex(Digest.SHA256.of(ByteBuffer.wrap(payload.getBuffer(), 0, payload.position())));
    }

    /** SHA-256 of theta alone, its values as little-endian IEEE 754 one behind the other, in hexadecimal. */
    public String sha256OfTheta() {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(theta.length, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(theta);
        return HexFormat.of().formatHex(Digest.SHA256.of(bytes));
    }

    @Override
    public float[] theta() {
        return theta.clone();
    }

    @Override
    public Map<String, float[]> featureStatistics() {
        return copy(featureStatistics);
    }

    private static Map<String, float[]> copy(Map<String, float[]> statistics) {
        Map<String, float[]> copy = new TreeMap<>();
        statistics.forEach((feature, values) -> copy.put(feature, values.clone()));
        return Collections.unmodifiableMap(copy);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException("learned optimizer package: " + otherwise);
        }
    }
}
