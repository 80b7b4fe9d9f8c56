package io.evolo.cli;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.cli.config.Binder;
import io.evolo.cli.config.YamlReader;
import io.evolo.meta.Contender;
import io.evolo.meta.PackagedRule;
import io.evolo.meta.Recipe;
import io.evolo.meta.config.ConfigException;
import io.evolo.meta.evaluation.Entrant;
import io.evolo.optimizers.learned.Packages;
import io.evolo.optimizers.weights.Weights;
import io.evolo.tasks.Parametrization;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Learned-optimizer packages as they compete: each on networks of the parametrization that it was meta-trained on. */
final class Contenders {
    private Contenders() {}

    /** As they enter a suite, with all that is known of them. */
    static List<Entrant> entrants(List<String> packages) {
        List<Contender> contenders = of(packages);
        List<Entrant> entrants = new ArrayList<>();
        for (int i = 0; i < contenders.size(); i++) {
            LearnedOptimizerPackage loaded = Packages.load(packages.get(i));
            Contender one = contenders.get(i);
            entrants.add(new Entrant(
                    one.name(),
                    one.optimizer(),
                    new Parametrization(one.parametrization(), baseWidth(packages.get(i), loaded)),
                    facts(loaded),
                    Packages.ablations(loaded).entrySet().stream()
                            .map(without -> new Entrant.Ablation(without.getKey(), without.getValue()))
                            .toList()));
        }
        return entrants;
    }

    /** Where muP and SP agree for the package's networks; 1, which is muLO's, for imported weights. */
    static int baseWidth(String file, LearnedOptimizerPackage loaded) {
        return loaded.provenance().containsKey("recipe") ? recipe(file, loaded).tasks().getFirst().networks().baseWidth() : 1;
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
     * In the order of the packages; by name, or by file where two have the same name.
     *
     * @param packages as {@link Packages#load(String)} takes them
     */
    static List<Contender> of(List<String> packages) {
        Set<String> names = new HashSet<>();
        List<Contender> contenders = new ArrayList<>();
        for (String file : packages) {
            LearnedOptimizerPackage loaded = Packages.load(file);
            String name = names.add(loaded.name()) ? loaded.name() : file;
            contenders.add(new Contender(name, PackagedRule.of(loaded), parametrization(file, loaded)));
        }
        return contenders;
    }

    /** Of the recipe that made the package, or what the published format says of imported weights; the standard one otherwise. */
    static Parametrization.Kind parametrization(String file, LearnedOptimizerPackage loaded) {
        if (loaded.provenance().containsKey("recipe")) {
            return recipe(file, loaded).tasks().getFirst().networks().parametrization();
        }
        return loaded.provenance().getOrDefault(Weights.PARAMETRIZATION, "sp").equals("mup")
                ? Parametrization.Kind.MUP
                : Parametrization.Kind.SP;
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
        return Binder.bind(Recipe.class, YamlReader.document(text, "recipe in " + file));
    }
}
