package io.evolo.cli;

import io.evolo.meta.Rule;
import io.evolo.optimizers.learned.LearnedOptimizer;
import io.evolo.optimizers.learned.LearnedOptimizers;
import io.evolo.optimizers.weights.Weights;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Names;
import io.evolo.schema.Schema;
import io.evolo.schema.YamlNode;
import io.evolo.schema.YamlReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Learned rules as YAML: the published ones, written to copy and change, and files that stand in a recipe's {@code rule}. */
final class RuleFiles {
    private RuleFiles() {}

    static List<String> names() {
        return List.copyOf(Weights.formats().keySet());
    }

    /** @throws ConfigException if there is none of that name; the message names the nearest one */
    static LearnedOptimizer named(String name) {
        if (!names().contains(name)) {
            throw new ConfigException(Names.unknown("learned rule", name, names()));
        }
        return Weights.published(name);
    }

    /** What a recipe may have as its {@code rule}: every hyperparameter of the rule of that name. */
    static String text(String name) {
        LearnedOptimizer rule = named(name);
        return "# " + name + ", to be changed and trained: evolo meta-train --recipe quickstart --set rule=FILE\n"
                + Schema.write(new Rule(LearnedOptimizers.name(rule), LearnedOptimizers.hyperparameters(rule)));
    }

    /**
     * A recipe whose {@code rule} is written out, where it is the name of a rule or the path of a file that holds one.
     *
     * @throws ConfigException if it is neither, or the file is no YAML
     */
    static YamlNode writtenOut(YamlNode recipe) {
        if (!(recipe instanceof YamlNode.Mapping mapping)) {
            return recipe;
        }
        return new YamlNode.Mapping(mapping.place(), mapping.entries().stream().map(RuleFiles::writtenOut).toList());
    }

    private static YamlNode.Entry writtenOut(YamlNode.Entry entry) {
        if (!entry.key().equals("rule") || !(entry.value() instanceof YamlNode.Scalar scalar) || scalar.text().isBlank()) {
            return entry;
        }
        YamlNode rule = names().contains(scalar.text())
                ? YamlReader.document(text(scalar.text()), "rule " + scalar.text())
                : YamlReader.document(file(scalar), scalar.text());
        return new YamlNode.Entry(entry.place(), entry.key(), rule);
    }

    private static String file(YamlNode.Scalar scalar) {
        Path file = Path.of(scalar.text());
        if (!Files.isRegularFile(file)) {
            throw new ConfigException(scalar.place() + ": " + Names.unknown("learned rule", scalar.text(), names()) + "; nor is there a file "
                    + file.toAbsolutePath());
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new ConfigException(file + ": not UTF-8 text, expected a rule in YAML; see evolo rules show");
        } catch (IOException e) {
            throw new ConfigException(file + ": cannot be read: " + e.getMessage());
        }
    }
}
