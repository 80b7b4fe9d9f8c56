package io.evolo.cli;

import io.evolo.cli.config.Binder;
import io.evolo.cli.config.Setting;
import io.evolo.cli.config.YamlNode;
import io.evolo.cli.config.YamlReader;
import io.evolo.meta.MetaRun;
import io.evolo.meta.Recipe;
import io.evolo.meta.config.ConfigException;
import io.evolo.optimizers.Names;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The recipes that ship inside, and recipes in files. */
final class Recipes {
    private static final List<String> NAMES =
            List.of("quickstart", "mulo-s", "mulo-m", "mulo-m-sp", "celo2-base", "celo2");

    private Recipes() {}

    /** Those inside, the one to begin with first. */
    static List<String> names() {
        return NAMES;
    }

    /**
     * The text of one that ships inside.
     *
     * @throws ConfigException if there is none of that name
     */
    static String text(String name) {
        if (!NAMES.contains(name)) {
            throw new ConfigException(Names.unknown("recipe", name, NAMES));
        }
        try (InputStream in = Recipes.class.getResourceAsStream("recipes/" + name + ".yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("reading recipe " + name + " from the class path failed", e);
        }
    }

    /** What it is, in a line: its first comment. */
    static String title(String name) {
        return text(name).lines().findFirst().orElseThrow().substring(1).strip();
    }

    /**
     * A recipe with values changed.
     *
     * @param nameOrFile one that ships inside, or a YAML file
     * @param settings of the form KEY=VALUE, later ones over earlier ones
     * @throws ConfigException with every problem of the recipe
     */
    static Recipe load(String nameOrFile, List<String> settings) {
        YamlNode tree = NAMES.contains(nameOrFile)
                ? YamlReader.document(text(nameOrFile), "recipe " + nameOrFile)
                : YamlReader.document(file(nameOrFile), nameOrFile);
        for (String setting : settings) {
            tree = Setting.parse(setting).applyTo(tree);
        }
        return Binder.bind(Recipe.class, tree);
    }

    /** The recipe of the run in a directory. */
    static Recipe ofRun(Path directory) {
        return Binder.bind(
                Recipe.class,
                YamlReader.document(MetaRun.config(directory), directory.resolve("config.yaml").toString()));
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
        if (!Files.isDirectory(folder)) {
            throw new ConfigException("--data " + data + ": there is no folder " + folder
                    + ", expected one with MNIST's four IDX files, plain or gzip-ed; without --data, digits are drawn");
        }
        return folder.toString();
    }

    private static String file(String nameOrFile) {
        Path file = Path.of(nameOrFile);
        if (!Files.isRegularFile(file)) {
            String inside = Names.unknown("recipe", nameOrFile, NAMES);
            throw new ConfigException(inside + "; nor is there a file " + file.toAbsolutePath());
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new ConfigException(file + ": not UTF-8 text, expected a recipe in YAML");
        } catch (IOException e) {
            throw new ConfigException(file + ": cannot be read: " + e.getMessage());
        }
    }
}
