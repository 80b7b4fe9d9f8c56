package io.evolo.optimizers.learned.element;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/** The features of the platform and those of jars. */
final class KnownFeatures {
    /** Looked for once, at the first question. */
    static final Supplier<List<Feature>> ALL = new Supplier<>() {
        private List<Feature> all = List.of();

        @Override
        public synchronized List<Feature> get() {
            if (all.isEmpty()) {
                all = with(found());
            }
            return all;
        }
    };

    private KnownFeatures() {}

    private static List<Feature> found() {
        try {
            return ServiceLoader.load(Feature.class, Feature.class.getClassLoader()).stream().map(ServiceLoader.Provider::get).toList();
        } catch (ServiceConfigurationError e) {
            throw new IllegalArgumentException("a feature of a jar on the class path cannot be loaded: " + e.getMessage()
                    + "; take the jar away, or correct its META-INF/services/" + Feature.class.getName(), e);
        }
    }

    /** Ours, and others behind them. */
    static List<Feature> with(List<Feature> others) {
        List<Feature> all = new ArrayList<>(Arrays.asList(ElementFeature.values()));
        all.addAll(Arrays.asList(TensorFeature.values()));
        for (Feature other : others.stream().sorted(Comparator.comparing(Feature::key)).toList()) {
            String name = "feature '" + other.key() + "' of " + other.getClass().getName();
            if (!other.key().matches("[a-z][a-z0-9]*(_[a-z0-9]+)*")) {
                throw new IllegalArgumentException(name + ": expected a key of lower-case letters, digits and single underscores");
            }
            if (other.standard()) {
                throw new IllegalArgumentException(name + ": is standard, expected one that is off unless named");
            }
            all.stream().filter(known -> known.key().equals(other.key())).findFirst().ifPresent(known -> {
                throw new IllegalArgumentException(name + ": " + known.getClass().getName() + " has that key; expected another one");
            });
            all.add(other);
        }
        return List.copyOf(all);
    }
}
