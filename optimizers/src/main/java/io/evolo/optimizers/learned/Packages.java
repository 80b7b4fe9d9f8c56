package io.evolo.optimizers.learned;

import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.NamedTensor;
import io.evolo.checkpoints.ShippedPackages;
import io.evolo.checkpoints.Usage;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.RuleName;
import io.evolo.optimizers.Traits;
import io.evolo.schema.Names;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** From a learned rule with its theta to a package file and back. */
public final class Packages {
    /** Version of the features of both rules; a change of what a feature means raises it. */
    private static final int FEATURE_SCHEMA = 1;

    private Packages() {}

    /** The package of a rule under this theta, with its golden run. */
    public static LearnedOptimizerPackage pack(
            String name, LearnedOptimizer rule, float[] theta, SortedMap<String, String> provenance, String licence) {
        return new LearnedOptimizerPackage(
                name,
                LearnedOptimizers.name(rule),
                FEATURE_SCHEMA,
                new TreeMap<>(LearnedOptimizers.hyperparameters(rule)),
                tensors(rule),
                theta,
                provenance,
                Map.of(),
                GoldenRun.of(rule.bind(theta)),
                licence,
                Optional.empty());
    }

    /**
     * Reads a package and tests it: its rule is known here, theta has the rule's tensors, and its golden run can be repeated.
     *
     * @throws CheckpointException if the file is not good or fails the test; the message says why
     */
    public static LearnedOptimizerPackage load(Path file) {
        return tested(LearnedOptimizerPackage.read(file), file.toString());
    }

    /**
     * The same by name.
     *
     * @param nameOrFile one of {@link ShippedPackages#names}, or a file
     * @throws CheckpointException if it is neither; the message names the nearest
     */
    public static LearnedOptimizerPackage load(String nameOrFile) {
        if (ShippedPackages.names().contains(nameOrFile)) {
            return tested(ShippedPackages.read(nameOrFile), "package " + nameOrFile);
        }
        if (Files.notExists(Path.of(nameOrFile))) {
            throw new CheckpointException(
                    "there is no file " + nameOrFile + ", and " + Names.unknown("package", nameOrFile, ShippedPackages.names()));
        }
        return load(Path.of(nameOrFile));
    }

    /**
     * The same by name, with other hyperparameters if some follow: {@code evolo-default:rate=0.5}; see {@link #changed}.
     *
     * @throws IllegalArgumentException if a hyperparameter is unknown or out of place; the message has the name
     */
    public static LearnedOptimizerPackage named(String nameOrFile) {
        RuleName parsed = RuleName.parse(nameOrFile);
        LearnedOptimizerPackage loaded = load(parsed.name());
        try {
            return parsed.hyperparameters().isEmpty() ? loaded : changed(loaded, parsed.hyperparameters());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(nameOrFile + ": " + e.getMessage(), e);
        }
    }

    /**
     * The same from a package file's content.
     *
     * @param where what the content is, for messages
     */
    public static LearnedOptimizerPackage load(byte[] content, String where) {
        return tested(LearnedOptimizerPackage.read(content, where), where);
    }

    /**
     * The package with other values of some of its rule's hyperparameters, for instance another {@code rate}; named after them, and with
     * a golden run of its own. What it is worth then is for the user to measure: theta has not been trained with them.
     *
     * @throws IllegalArgumentException if the rule has no such hyperparameter, or would have another theta
     */
    public static LearnedOptimizerPackage changed(LearnedOptimizerPackage loaded, Map<String, Double> hyperparameters) {
        LearnedOptimizer rule = changedRule(loaded, hyperparameters);
        String changes = new TreeMap<>(hyperparameters).toString();
        String name = loaded.name() + "-" + changes.replaceAll("[{} ]", "").replaceAll("[^A-Za-z0-9._-]", "-");
        SortedMap<String, String> provenance = new TreeMap<>(loaded.provenance());
        provenance.put("changed", changes);
        LearnedOptimizerPackage changed =
                pack(name, rule, loaded.theta(), provenance, loaded.licence()).withFeatureStatistics(loaded.featureStatistics());
        return loaded.usage()
                .map(usage -> changed.withUsage(
                        new Usage(usage.networks(), usage.families(), Traits.of(rule.bind(loaded.theta())).needs())))
                .orElse(changed);
    }

    private static LearnedOptimizer changedRule(LearnedOptimizerPackage loaded, Map<String, Double> hyperparameters) {
        Map<String, Double> all = new TreeMap<>(loaded.hyperparameters());
        all.putAll(hyperparameters);
        LearnedOptimizer rule = LearnedOptimizers.of(loaded.rule(), all);
        if (!loaded.thetaTensors().equals(tensors(rule))) {
            throw new IllegalArgumentException("package '" + loaded.name() + "' with " + hyperparameters + " would have another theta, "
                    + tensors(rule) + "; expected hyperparameters that leave it as it is, such as rate");
        }
        return rule;
    }

    private static LearnedOptimizerPackage tested(LearnedOptimizerPackage loaded, String where) {
        LearnedOptimizer rule = rule(loaded, where);
        List<NamedTensor> expected = tensors(rule);
        if (!loaded.thetaTensors().equals(expected)) {
            throw new CheckpointException(where + ": theta is made of " + loaded.thetaTensors() + ", but the rule "
                    + loaded.rule() + " has " + expected + "; was it written by another release?");
        }
        GoldenRun.check(rule.bind(loaded.theta()), loaded.golden(), where);
        return loaded;
    }

    /** The optimizer that a package is; {@link #load} has tested it. */
    public static Optimizer bind(LearnedOptimizerPackage loaded) {
        return rule(loaded, "package '" + loaded.name() + "'").bind(loaded.theta());
    }

    /**
     * The optimizer that {@link #changed} would be, without a golden run for it.
     *
     * @throws IllegalArgumentException as there
     */
    public static Optimizer bind(LearnedOptimizerPackage loaded, Map<String, Double> hyperparameters) {
        return changedRule(loaded, hyperparameters).bind(loaded.theta());
    }

    /** The optimizer that the package would be without each kind of input; empty where the rule does not tell them apart. */
    public static Map<String, Optimizer> ablations(LearnedOptimizerPackage loaded) {
        LearnedOptimizer rule = rule(loaded, "package '" + loaded.name() + "'");
        Map<String, Optimizer> without = new LinkedHashMap<>();
        rule.inputs().forEach(input -> without.put(input.name(), rule.bind(input.takenFrom(loaded.theta()))));
        return without;
    }

    private static LearnedOptimizer rule(LearnedOptimizerPackage loaded, String where) {
        if (loaded.featureSchema() != FEATURE_SCHEMA) {
            throw new CheckpointException(where + " has feature schema " + loaded.featureSchema() + ", expected " + FEATURE_SCHEMA
                    + "; use the release that wrote it");
        }
        try {
            return LearnedOptimizers.of(loaded.rule(), loaded.hyperparameters());
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(where + ": " + e.getMessage() + "; use the release that wrote it", e);
        }
    }

    private static List<NamedTensor> tensors(LearnedOptimizer rule) {
        return rule.thetaLayout().specs().stream()
                .map(spec -> new NamedTensor(spec.name(), spec.shape().axes()))
                .toList();
    }
}
