package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedule;
import io.evolo.schema.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A rule and what is put around it by name, {@code muon+hyperball+lookahead}: wrappers from the inside to the outside.
 *
 * <p>Hyperparameters are the rule's, and each wrapper's under the wrapper's name: {@code lookahead_alpha}. A wrapper that has a
 * {@code weight_decay} takes over the rule's, under that name and with the rule's default; nothing else in the composition decays then.
 *
 * @param rule what makes the steps
 * @param wrappers in the order of {@link HandDesigned#wrappers()}
 */
record Composition(Description rule, List<Description> wrappers) {
    private static final String DECAY = "weight_decay";

    String name() {
        StringBuilder name = new StringBuilder(rule.name());
        wrappers.forEach(wrapper -> name.append('+').append(wrapper.name()));
        return name.toString();
    }

    /** All that can be set, the rule's first. */
    List<Hyperparameter> hyperparameters() {
        List<Hyperparameter> all = new ArrayList<>();
        Optional<Description> decaying = decaying();
        for (Hyperparameter one : rule.hyperparameters()) {
            if (decaying.isEmpty() || !one.name().endsWith(DECAY)) {
                all.add(one);
            }
        }
        for (Description wrapper : wrappers) {
            for (Hyperparameter one : wrapper.hyperparameters()) {
                if (!one.name().equals(DECAY)) {
                    all.add(one.under(prefix(wrapper)));
                } else if (decaying.equals(Optional.of(wrapper))) {
                    all.add(taken(one));
                }
            }
        }
        return List.copyOf(all);
    }

    /** The wrapper that decays in the rule's place: the outermost that can. */
    private Optional<Description> decaying() {
        return wrappers.reversed().stream()
                .filter(wrapper -> wrapper.hyperparameters().stream().anyMatch(one -> one.name().equals(DECAY)))
                .findFirst();
    }

    /** The wrapper's weight decay with the rule's default. */
    private Hyperparameter taken(Hyperparameter decay) {
        double standard = rule.hyperparameters().stream()
                .filter(one -> one.name().equals(DECAY))
                .mapToDouble(Hyperparameter::standard)
                .findFirst()
                .orElse(decay.standard());
        return new Hyperparameter(DECAY, standard, decay.range(), false, decay.meaning());
    }

    private static String prefix(Description wrapper) {
        return wrapper.name().replace('-', '_') + "_";
    }

    /**
     * The rule with these hyperparameters, the defaults for those not given.
     *
     * @throws IllegalArgumentException for a name that there is not, or a value out of range
     */
    Optimizer make(Map<String, Double> given, Schedule rate) {
        List<Hyperparameter> known = hyperparameters();
        requireKnown(given, known);
        for (Hyperparameter one : known) {
            one.require(name(), given.getOrDefault(one.name(), one.standard()));
        }
        Optimizer made = rule.make(decaying().isPresent() ? withoutDecay(given) : given, rate);
        for (Description wrapper : wrappers) {
            made = wrapper.make(ofWrapper(wrapper, given, known), rate, made);
        }
        return made;
    }

    private void requireKnown(Map<String, Double> given, List<Hyperparameter> known) {
        List<String> names = known.stream().map(Hyperparameter::name).toList();
        given.keySet().stream().filter(key -> !names.contains(key)).sorted().findFirst().ifPresent(key -> {
            throw new IllegalArgumentException(names.isEmpty()
                    ? name() + " has no hyperparameters, so none is named '" + key + "'"
                    : Names.unknown("hyperparameter of " + name(), key, names));
        });
    }

    private Map<String, Double> withoutDecay(Map<String, Double> given) {
        Map<String, Double> own = new TreeMap<>(given);
        rule.hyperparameters().stream().map(Hyperparameter::name).filter(name -> name.endsWith(DECAY)).forEach(name -> own.put(name, 0.0));
        return own;
    }

    private Map<String, Double> ofWrapper(Description wrapper, Map<String, Double> given, List<Hyperparameter> known) {
        Map<String, Double> own = new TreeMap<>();
        for (Hyperparameter one : known) {
            if (one.name().equals(DECAY) && decaying().equals(Optional.of(wrapper))) {
                own.put(DECAY, given.getOrDefault(DECAY, one.standard()));
            } else if (one.name().startsWith(prefix(wrapper)) && given.containsKey(one.name())) {
                own.put(one.name().substring(prefix(wrapper).length()), given.get(one.name()));
            }
        }
        return own;
    }
}
