package io.evolo.cli;

import io.evolo.meta.MetaRun;
import io.evolo.meta.Recipe;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Schema;
import io.evolo.schema.Setting;
import io.evolo.schema.YamlNode;
import io.evolo.schema.YamlReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The recipes that ship inside, and recipes in files. */
final class Recipes {
    /** The one to begin with first. */
    static final Shipped SHIPPED = new Shipped(
            "recipe",
            "recipes",
            List.of("quickstart", "mulo-s", "mulo-m", "mulo-m-sp", "celo2-base", "celo2", "celo-phase1", "celo-phase2", "celo-adam",
                    "velo-small", "learnable-adam", "elo-celo2"));

    private Recipes() {}

    /**
     * A recipe with values changed; see {@link Shipped#tree}. Its rule may be that of a file, which later settings change.
     *
     * @throws ConfigException with every problem of the recipe
     */
    static Recipe load(String nameOrFile, List<String> settings) {
        YamlNode tree = RuleFiles.writtenOut(SHIPPED.tree(nameOrFile, List.of()));
        for (String setting : settings) {
            tree = RuleFiles.writtenOut(Setting.parse(setting).applyTo(tree));
        }
        return Schema.of(Recipe.class).bind(tree);
    }

    /** The recipe of the run in a directory. */
    static Recipe ofRun(Path directory) {
        return ofRun(directory, List.of());
    }

    /** The same with values changed, each as KEY=VALUE. */
    static Recipe ofRun(Path directory, List<String> settings) {
        YamlNode tree = YamlReader.document(MetaRun.config(directory), directory.resolve("config.yaml").toString());
        for (String setting : settings) {
            tree = Setting.parse(setting).applyTo(tree);
        }
        return Schema.of(Recipe.class).bind(tree);
    }

    /**
     * The recipe on other images.
     *
     * @param data a folder, made absolute so that a run can be resumed from elsewhere; empty: no others
     * @throws ConfigException if there is no such folder
     */
    static Recipe on(Recipe recipe, String data) {
        return data.isEmpty() ? recipe : recipe.on(dataFolder(data));
    }

    /** What {@code --data} means. */
    static String dataFolder(String data) {
        Path folder = Path.of(data).toAbsolutePath().normalize();
        Path file = folder.resolveSibling(folder.getFileName().toString().replaceFirst("#.*$", "")); // behind it, a table's column
        if (!Files.isDirectory(folder) && !Files.isRegularFile(folder) && !Files.isRegularFile(file)) {
            throw new ConfigException("--data " + data + ": there is no folder " + folder
                    + ", expected one with MNIST's four IDX files, plain or gzip-ed, or CIFAR's binary ones or pictures by class, or a table *.csv, arrays *.npz, a text; without --data,"
                    + " digits are drawn and a language is generated");
        }
        return folder.toString();
    }
}
