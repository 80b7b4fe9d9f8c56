package io.evolo.cli;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.meta.Contender;
import io.evolo.meta.PackagedRule;
import io.evolo.meta.Parametrizations;
import io.evolo.meta.Recipe;
import io.evolo.meta.evaluation.Entrant;
import io.evolo.meta.tune.DesignedRule;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.RuleName;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.learned.Packages;
import io.evolo.optimizers.weights.Weights;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Schema;
import io.evolo.schema.YamlReader;
import io.evolo.tasks.Parametrization;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Learned-optimizer packages as they compete, each on networks of the parametrization that it was meta-trained on; and rules with fixed
 * values beside them.
 */
final class Contenders {
    private Contenders() {}

    /** As they enter a suite, with all that is known of them. */
    static List<Entrant> entrants(List<String> packages) {
        return named(packages, (name, file, loaded) -> new Entrant(
                name,
                Packages.bind(loaded),
                parametrizations(file, loaded),
                facts(loaded),
                Packages.ablations(loaded).entrySet().stream()
                        .map(without -> new Entrant.Ablation(without.getKey(), without.getValue()))
                        .toList(),
                Optional.empty()));
    }

    /** The same of packages whose learning rate is to be found in every cell. */
    static List<Entrant> tuned(List<String> packages) {
        return named(packages, (name, file, loaded) -> {
            SortedMap<String, String> facts = facts(loaded);
            facts.put("learning rate", "the best of those that the rivals' are chosen from, in every cell anew, with the cosine");
            Optimizer any = cosine(file, loaded, 1); // a package without a learning rate is refused before anything is trained
            return new Entrant(
                    name + " tuned", any, parametrizations(file, loaded), facts, List.of(), Optional.of(rate -> cosine(file, loaded, rate)));
        });
    }

    /** With 5% of warm-up, as the rivals. */
    private static Optimizer cosine(String file, LearnedOptimizerPackage loaded, double rate) {
        try {
            return Packages.bind(loaded, Map.of("rate", rate, "warmup_fraction", 0.05, "end_rate", 0.0));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(file + " has no learning rate that could be tuned: " + e.getMessage());
        }
    }

    /** As they are judged beside the baselines of a recipe. */
    static List<Contender> of(List<String> packages) {
        return named(packages, (name, file, loaded) ->
                new Contender(name, PackagedRule.of(loaded), parametrizations(file, loaded).standard().kind()));
    }

    /** Whether this is a hand-designed rule with fixed values: {@code soap:rate=0.01}. */
    static boolean isFixedRule(String name) {
        String rule = RuleName.withoutHyperparameters(name);
        return !rule.equals(name) && !Optimizers.isPackage(name) && HandDesigned.names().contains(rule.split("\\+", 2)[0]);
    }

    /**
     * Rules with fixed values under the cosine, on networks of that parametrization.
     *
     * @throws ConfigException if a rule does not take a value
     */
    static List<Contender> fixed(List<String> rules, Parametrization.Kind parametrization) {
        return rules.stream().map(rule -> new Contender(rule, fixed(rule), parametrization)).toList();
    }

    /** @throws ConfigException if the rule does not take a value */
    static DesignedRule fixed(String rule) {
        try {
            return DesignedRule.fixed(rule);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage());
        }
    }

    /** What one package becomes; file is how the user named it. */
    private interface Made<T> {
        T of(String name, String file, LearnedOptimizerPackage loaded);
    }

    /**
     * In the order of the packages; by name, or by file where two have the same name.
     *
     * @param packages as {@link Optimizers#load} takes them
     */
    private static <T> List<T> named(List<String> packages, Made<T> made) {
        Set<String> names = new HashSet<>();
        List<T> all = new ArrayList<>();
        for (String file : packages) {
            LearnedOptimizerPackage loaded = Optimizers.load(file);
            all.add(made.of(names.add(loaded.name()) ? loaded.name() : file, file, loaded));
        }
        return all;
    }

    private static SortedMap<String, String> facts(LearnedOptimizerPackage loaded) {
        SortedMap<String, String> facts = new TreeMap<>(loaded.provenance());
        facts.remove("recipe"); // evolo inspect prints it
        facts.put("rule", loaded.rule() + " " + loaded.hyperparameters());
        facts.put("file sha256", loaded.sha256());
        facts.put("theta sha256", loaded.sha256OfTheta());
        facts.put("theta", loaded.theta().length + " meta-parameters");
        facts.put("licence", loaded.licence());
        return facts;
    }

    /**
     * What the package says; where it says nothing, that of the recipe that made it, and of imported weights what their published format says, the standard one
     * where it says nothing, with the base width 1 that is muLO's.
     */
    static Parametrizations parametrizations(String file, LearnedOptimizerPackage loaded) {
        if (loaded.usage().isPresent()) {
            return Parametrizations.of(loaded.usage().get());
        }
        if (loaded.provenance().containsKey("recipe")) {
            return Parametrizations.of(recipe(file, loaded));
        }
        return Parametrizations.of(
                loaded.provenance().getOrDefault(Weights.PARAMETRIZATION, "sp").equals("mup")
                        ? Parametrization.mup(1)
                        : Parametrization.standard());
    }

    /**
     * What a package was meta-trained by.
     *
     * @throws ConfigException if it does not say
     */
    static Recipe recipe(String file, LearnedOptimizerPackage loaded) {
        String text = loaded.provenance().get("recipe");
        if (text == null) {
            throw new ConfigException(file + " does not hold the recipe that it was meta-trained by, expected one made by"
                    + " meta-train; for imported weights, say what to measure on with --recipe, for instance --recipe quickstart");
        }
        return Schema.of(Recipe.class).bind(YamlReader.document(text, "recipe in " + file));
    }
}
