package io.evolo.cli;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.cli.config.Binder;
import io.evolo.cli.config.YamlReader;
import io.evolo.meta.Contender;
import io.evolo.meta.Recipe;
import io.evolo.meta.config.ConfigException;
import io.evolo.optimizers.learned.Packages;
import io.evolo.optimizers.weights.Weights;
import io.evolo.tasks.Parametrization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Learned-optimizer packages as they compete: each on networks of the parametrization that it was meta-trained on. */
final class Contenders {
    private Contenders() {}

    /** In the order of the files; by name, or by file where two have the same name. */
    static List<Contender> of(List<Path> files) {
        Set<String> names = new HashSet<>();
        List<Contender> contenders = new ArrayList<>();
        for (Path file : files) {
            LearnedOptimizerPackage loaded = Packages.load(file);
            String name = names.add(loaded.name()) ? loaded.name() : file.toString();
            contenders.add(new Contender(name, Packages.bind(loaded), parametrization(file, loaded)));
        }
        return contenders;
    }

    /** Of the recipe that made the package, or what the published format says of imported weights; the standard one otherwise. */
    static Parametrization.Kind parametrization(Path file, LearnedOptimizerPackage loaded) {
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
    static Recipe recipe(Path file, LearnedOptimizerPackage loaded) {
        String text = loaded.provenance().get("recipe");
        if (text == null) {
            throw new ConfigException(file + " does not hold the recipe that it was meta-trained by, expected one made by"
                    + " meta-train; for imported weights, say what to measure on with --recipe, for instance --recipe quickstart");
        }
        return Binder.bind(Recipe.class, YamlReader.document(text, "recipe in " + file));
    }
}
