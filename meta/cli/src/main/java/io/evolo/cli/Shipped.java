package io.evolo.cli;

import io.evolo.schema.ConfigException;
import io.evolo.schema.Names;
import io.evolo.schema.Setting;
import io.evolo.schema.YamlNode;
import io.evolo.schema.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * YAML files of one kind that ship inside, beside those that users write.
 *
 * @param kind what one is called, for instance {@code recipe}
 * @param folder of the resources
 * @param names those inside, the one to begin with first
 */
record Shipped(String kind, String folder, List<String> names) {

    /**
     * The text of one that ships inside.
     *
     * @throws ConfigException if there is none of that name
     */
    String text(String name) {
        if (!names.contains(name)) {
            throw new ConfigException(Names.unknown(kind, name, names));
        }
        try (InputStream in = Shipped.class.getResourceAsStream(folder + "/" + name + ".yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + kind + " " + name + " from the class path failed", e);
        }
    }

    /** What it is, in a line: its first comment. */
    String title(String name) {
        return text(name).lines().findFirst().orElseThrow().substring(1).strip();
    }

    /**
     * One with values changed.
     *
     * @param nameOrFile one that ships inside, or a YAML file
     * @param settings of the form KEY=VALUE, later ones over earlier ones
     * @throws ConfigException if there is neither, or it is no YAML
     */
    YamlNode tree(String nameOrFile, List<String> settings) {
        YamlNode tree = names.contains(nameOrFile)
                ? YamlReader.document(text(nameOrFile), kind + " " + nameOrFile)
                : YamlReader.document(file(nameOrFile), nameOrFile);
        for (String setting : settings) {
            tree = Setting.parse(setting).applyTo(tree);
        }
        return tree;
    }

    private String file(String nameOrFile) {
        Path file = Path.of(nameOrFile);
        if (!Files.isRegularFile(file)) {
            throw new ConfigException(Names.unknown(kind, nameOrFile, names) + "; nor is there a file " + file.toAbsolutePath());
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new ConfigException(file + ": not UTF-8 text, expected a " + kind + " in YAML");
        } catch (IOException e) {
            throw new ConfigException(file + ": cannot be read: " + e.getMessage());
        }
    }
}
