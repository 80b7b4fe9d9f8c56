package io.evolo.optimizers.weights;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.Dtype;
import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.StoredTensor;
import io.evolo.checkpoints.TensorFile;
import io.evolo.checkpoints.Usage;
import io.evolo.optimizers.Traits;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Published weights to packages and back. What is exported carries rule, hyperparameters, provenance and statistics in its metadata, so
 * that importing it again gives the same package, byte for byte.
 */
public final class Weights {
    /** Key of an imported package's provenance: of the networks that it is for, {@code sp} or {@code mup}. */
    public static final String PARAMETRIZATION = "parametrization";

    // Keys of the metadata of exported files.
    private static final String NAME = "evolo.name";
    private static final String FORMAT = "evolo.format";
    private static final String LICENCE = "evolo.licence";
    private static final String HYPER = "evolo.hyper.";
    private static final String PROVENANCE = "evolo.provenance.";
    private static final String STATISTICS = "evolo.statistics.";
    private static final String NETWORKS = "evolo.usage.networks";
    private static final String FAMILY = "evolo.usage.family.";
    private static final String NEEDS = "evolo.usage.needs";

    private Weights() {}

    /** Names of the published formats, with a line about each. */
    public static Map<String, String> formats() {
        Map<String, String> formats = new LinkedHashMap<>();
        PublishedFormat.all().forEach(format -> formats.put(format.name(), format.about()));
        return formats;
    }

    /**
     * The rule of a published format, with its hyperparameters.
     *
     * @throws IllegalArgumentException if there is no format of that name; the message names the nearest one
     */
    public static LearnedOptimizer published(String format) {
        PublishedFormat published = PublishedFormat.named(format);
        return LearnedOptimizers.of(published.rule(), published.hyper());
    }

    /**
     * What the user says of weights; an empty text is what the file itself says, or a default.
     *
     * @param format one of {@link #formats}; must be given unless the file was exported here
     * @param hyper hyperparameters in place of those of the format and the file
     * @param name of the package; otherwise that of the first file up to its first point
     * @param licence under which the weights may be used; otherwise {@code not stated}
     */
    public record Labels(String format, Map<String, Double> hyper, String name, String licence) {
        public Labels {
            hyper = Map.copyOf(hyper);
        }
    }

    /**
     * A package from published weights. A file that was exported here becomes the package that it was exported from, but for what the
     * labels change.
     *
     * @param files one, or several whose tensors belong together
     * @throws CheckpointException if a file is not good, or names, shapes and dtypes are not those of the rule: with all differences
     * @throws IllegalArgumentException if format or hyperparameters are not known
     */
    public static LearnedOptimizerPackage read(List<Path> files, Labels labels) {
        String where = joined(files, Path::toString);
        List<TensorFile> read = files.stream().map(TensorFile::read).toList();
        SortedMap<String, String> metadata = read.getFirst().metadata();
        PublishedFormat format = PublishedFormat.named(given(labels.format(), metadata, FORMAT, ""));
        Map<String, StoredTensor> tensors = tensors(format, read, where);
        Map<String, Double> hyper = hyper(format, tensors, metadata, where);
        LearnedOptimizer rule = rule(format, hyper, labels.hyper(), where);
        float[] theta = theta(format, rule.thetaLayout(), tensors, where);
        LearnedOptimizerPackage made = Packages.pack(
                given(labels.name(), metadata, NAME, stem(files.getFirst())),
                rule,
                theta,
                metadata.containsKey(NAME) ? behind(PROVENANCE, metadata) : provenance(files, read, format),
                given(labels.licence(), metadata, LICENCE, "not stated"))
                .withFeatureStatistics(statistics(metadata, where));
        Optional<Usage> usage = metadata.containsKey(NAME)
                ? usage(metadata, where)
                : Optional.of(new Usage(new Usage.Scaling(format.parametrization(), 1), new TreeMap<>(), Traits.of(rule.bind(theta)).needs()));
        return usage.map(made::withUsage).orElse(made);
    }

    private static String given(String label, SortedMap<String, String> metadata, String key, String otherwise) {
        return label.isEmpty() ? metadata.getOrDefault(key, otherwise) : label;
    }

    private static String stem(Path file) {
        String name = file.getFileName().toString();
        return name.indexOf('.') > 0 ? name.substring(0, name.indexOf('.')) : name;
    }

    /**
     * A package's theta under the names of its rule's published files, or theta's own where there are none; everything else in the
     * metadata. To be written as safetensors.
     */
    public static TensorFile write(LearnedOptimizerPackage source) {
        PublishedFormat format = PublishedFormat.of(source.rule());
        ParamLayout layout = LearnedOptimizers.of(source.rule(), source.hyperparameters()).thetaLayout();
        float[] theta = source.theta();
        List<StoredTensor> tensors = new ArrayList<>();
        for (Part part : format.parts(layout)) {
            int t = index(layout, part.tensor());
            if (t >= 0) {
                Shape whole = layout.spec(t).shape();
                Part.Places places = part.places(whole);
                float[] values = new float[places.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = theta[layout.offset(t) + places.of(i)];
                }
                tensors.add(StoredTensor.of(part.name(), part.shape(whole), values));
            }
        }
        return TensorFile.of(tensors, metadata(source, format));
    }

    private static SortedMap<String, String> metadata(LearnedOptimizerPackage source, PublishedFormat format) {
        SortedMap<String, String> metadata = new TreeMap<>();
        metadata.put(NAME, source.name());
        metadata.put(FORMAT, format.name());
        metadata.put(LICENCE, source.licence());
        source.hyperparameters().forEach((key, value) -> metadata.put(HYPER + key, value.toString()));
        source.provenance().forEach((key, value) -> metadata.put(PROVENANCE + key, value));
        source.featureStatistics().forEach((feature, values) -> {
            String text = IntStream.range(0, values.length).mapToObj(i -> Float.toString(values[i])).collect(Collectors.joining(" "));
            metadata.put(STATISTICS + feature, text);
        });
        source.usage().ifPresent(usage -> {
            metadata.put(NETWORKS, text(usage.networks()));
            usage.families().forEach((family, scaling) -> metadata.put(FAMILY + family, text(scaling)));
            metadata.put(NEEDS, String.join(" ", usage.needs()));
        });
        return metadata;
    }

    private static String text(Usage.Scaling scaling) {
        return scaling.kind() + " " + scaling.baseWidth();
    }

    private static Optional<Usage> usage(SortedMap<String, String> metadata, String where) {
        if (!metadata.containsKey(NETWORKS)) {
            return Optional.empty();
        }
        SortedMap<String, Usage.Scaling> families = new TreeMap<>();
        behind(FAMILY, metadata).forEach((family, text) -> families.put(family, scaling(text, FAMILY + family, where)));
        String needs = metadata.getOrDefault(NEEDS, "");
        SortedSet<String> words = new TreeSet<>(needs.isEmpty() ? List.of() : List.of(needs.split(" ")));
        try {
            return Optional.of(new Usage(scaling(metadata.get(NETWORKS), NETWORKS, where), families, words));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(where + ": " + e.getMessage(), e);
        }
    }

    private static Usage.Scaling scaling(String text, String key, String where) {
        String[] words = text.split(" ");
        try {
            return new Usage.Scaling(words[0], Integer.parseInt(words[words.length - 1]));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(where + ": the metadata's " + key + " holds '" + text + "', expected one as 'mup 32' or 'sp 1'", e);
        }
    }

    private static Map<String, float[]> statistics(SortedMap<String, String> metadata, String where) {
        Map<String, float[]> statistics = new TreeMap<>();
        behind(STATISTICS, metadata).forEach((feature, text) -> {
            String[] words = text.split(" ");
            float[] values = new float[words.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) number(words[i], STATISTICS + feature, where);
            }
            statistics.put(feature, values);
        });
        return statistics;
    }

    private static double number(String text, String key, String where) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new CheckpointException(where + ": the metadata's " + key + " holds '" + text + "', expected a number", e);
        }
    }

    private static Map<String, StoredTensor> tensors(PublishedFormat format, List<TensorFile> files, String where) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (TensorFile file : files) {
            for (StoredTensor tensor : file.tensors()) {
                if (tensors.put(format.canonical(tensor.name()), tensor) != null) {
                    throw new CheckpointException(where + ": a tensor '" + format.canonical(tensor.name())
                            + "' stands there twice; do the files belong together?");
                }
            }
        }
        return tensors;
    }

    /** The format's hyperparameters, over these what the file's metadata says, or else what its shapes show. */
    private static Map<String, Double> hyper(
            PublishedFormat format, Map<String, StoredTensor> tensors, SortedMap<String, String> metadata, String where) {
        Map<String, Double> hyper = new TreeMap<>(format.hyper());
        for (PublishedFormat.Size size : format.sizes()) {
            StoredTensor tensor = tensors.get(size.tensor());
            if (size.axis() < 0) {
                hyper.put(size.hyper(), tensor == null ? 0.0 : 1);
            } else if (tensor != null && tensor.shape().size() > size.axis() && tensor.shape().get(size.axis()) > 0) {
                hyper.put(size.hyper(), (double) tensor.shape().get(size.axis()));
            }
        }
        behind(HYPER, metadata).forEach((key, value) -> hyper.put(key, number(value, HYPER + key, where)));
        return hyper;
    }

    private static SortedMap<String, String> behind(String prefix, SortedMap<String, String> metadata) {
        SortedMap<String, String> values = new TreeMap<>();
        metadata.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                values.put(key.substring(prefix.length()), value);
            }
        });
        return values;
    }

    private static LearnedOptimizer rule(PublishedFormat format, Map<String, Double> hyper, Map<String, Double> given, String where) {
        Map<String, Double> asked = new TreeMap<>(format.hyper());
        asked.putAll(given);
        LearnedOptimizers.of(format.rule(), asked); // the user's mistakes first; what then is refused is the file's
        hyper.putAll(given);
        try {
            LearnedOptimizer rule = LearnedOptimizers.of(format.rule(), hyper);
            rule.thetaLayout();
            return rule;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CheckpointException(where + ": no rule " + format.rule() + " has the sizes " + hyper + ": " + e.getMessage(), e);
        }
    }

    private static float[] theta(PublishedFormat format, ParamLayout layout, Map<String, StoredTensor> tensors, String where) {
        requireFits(format, layout, tensors, where);
        float[] theta = new float[layout.size()];
        for (Part part : format.parts(layout)) {
            int t = index(layout, part.tensor());
            StoredTensor tensor = tensors.get(part.name());
            if (t >= 0 && tensor == null) {
                fill(theta, layout.offset(t), format.constants().get(part.tensor()));
            } else if (t >= 0) {
                copy(tensor, part.places(layout.spec(t).shape()), theta, layout.offset(t), where);
            }
        }
        return theta;
    }

    /** Compares names, dtypes and shapes, before anything is allocated for theta. */
    private static void requireFits(PublishedFormat format, ParamLayout layout, Map<String, StoredTensor> tensors, String where) {
        List<String> differences = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        Set<String> unknown = new LinkedHashSet<>(tensors.keySet());
        unknown.removeAll(format.ignored());
        for (Part part : format.parts(layout)) {
            int t = index(layout, part.tensor());
            if (t < 0) {
                continue;
            }
            unknown.remove(part.name());
            StoredTensor tensor = tensors.get(part.name());
            List<Integer> shape = part.shape(layout.spec(t).shape());
            String expected = Dtype.F32 + " " + shape;
            if (tensor == null && !format.constants().containsKey(part.tensor())) {
                missing.add("'" + part.name() + "' (" + expected + ")");
            } else if (tensor != null && !(tensor.isReal() && tensor.shape().equals(shape))) {
                differences.add("'" + part.name() + "' is " + tensor.describe() + ", expected " + expected);
            }
        }
        if (!missing.isEmpty()) {
            differences.add("missing: " + String.join(", ", missing));
        }
        if (!unknown.isEmpty()) {
            differences.add("not known: " + unknown.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", ")));
        }
        if (!differences.isEmpty()) {
            throw new CheckpointException(where + " does not hold what '" + format.name() + "' has: " + String.join("; ", differences)
                    + "; is it another format (--as), or has it other sizes (--set)?");
        }
    }

    private static int index(ParamLayout layout, String tensor) {
        for (int t = 0; t < layout.tensors(); t++) {
            if (layout.spec(t).name().equals(tensor)) {
                return t;
            }
        }
        return -1;
    }

    private static void fill(float[] theta, int at, List<Double> values) {
        for (int i = 0; i < values.size(); i++) {
            theta[at + i] = values.get(i).floatValue();
        }
    }

    private static void copy(StoredTensor tensor, Part.Places places, float[] theta, int at, String where) {
        for (int i = 0; i < tensor.size(); i++) {
            float value = value(tensor, i, where);
            if (!Float.isFinite(value)) {
                throw new CheckpointException(where + ": tensor '" + tensor.name() + "' holds " + value + " at " + i
                        + ", expected finite numbers; it was damaged, fetch it again");
            }
            theta[at + places.of(i)] = value;
        }
    }

    private static float value(StoredTensor tensor, int i, String where) {
        try {
            return tensor.value(i);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(where + ": " + e.getMessage(), e);
        }
    }

    private static SortedMap<String, String> provenance(List<Path> files, List<TensorFile> read, PublishedFormat format) {
        SortedMap<String, String> provenance = new TreeMap<>();
        provenance.put("import.as", format.name());
        provenance.put("import.file", joined(files, path -> path.getFileName().toString()));
        provenance.put("import.format", joined(read, file -> file.format().toString()));
        provenance.put("import.sha256", joined(read, TensorFile::sha256));
        provenance.put(PARAMETRIZATION, format.parametrization());
        return provenance;
    }

    private static <T> String joined(List<T> values, Function<T, String> text) {
        return values.stream().map(text).collect(Collectors.joining(", "));
    }
}
