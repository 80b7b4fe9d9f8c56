package io.evolo.cli;

import io.evolo.meta.FixedTask;
import io.evolo.meta.evaluation.Cell;
import io.evolo.meta.evaluation.EvaluationPlan;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Names;
import io.evolo.schema.Schema;
import io.evolo.schema.Setting;
import io.evolo.schema.YamlNode;
import io.evolo.schema.YamlReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Suites of problems as the command line names them: grids that ship inside, the suites of the fixed tasks, files of users; several
 * become one.
 *
 * @param settings of the form KEY=VALUE, for each of them
 * @param data for grids a folder that every cell is trained on, for fixed tasks one that holds the data sets by name; empty: what the
 *     suite names, and none
 * @param steps of every fixed task; 0: each its own
 */
record Suites(List<String> settings, String data, int steps) {
    static final Shipped GRIDS = new Shipped("suite", "suites", List.of("width", "horizon", "depth", "batch", "data", "rivals"));

    /** @param namesOrFiles separated by commas; the first one's rivals and seeds are those of all */
    EvaluationPlan plan(String namesOrFiles) {
        return List.of(namesOrFiles.split(",")).stream().map(this::one).reduce(EvaluationPlan::and).orElseThrow();
    }

    private EvaluationPlan one(String name) {
        for (FixedTask.Suite suite : FixedTask.Suite.values()) {
            if (suite.name().toLowerCase(Locale.ROOT).equals(name)) {
                return fixed(suite, name);
            }
        }
        if (!GRIDS.names().contains(name) && !Files.isRegularFile(Path.of(name))) {
            throw new ConfigException(Names.unknown("suite", name, names()) + "; nor is there a file " + Path.of(name).toAbsolutePath());
        }
        EvaluationPlan plan = Schema.of(EvaluationPlan.class).bind(GRIDS.tree(name, settings));
        return data.isEmpty() ? plan : plan.on(Recipes.dataFolder(data));
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(GRIDS.names());
        for (FixedTask.Suite suite : FixedTask.Suite.values()) {
            names.add(suite.name().toLowerCase(Locale.ROOT));
        }
        return names;
    }

    /** Those tasks whose data is there; of the others it is said that they are left out. */
    private EvaluationPlan fixed(FixedTask.Suite suite, String name) {
        List<Cell> cells = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (FixedTask task : FixedTasks.load().tasks().stream().filter(suite::contains).toList()) {
            try {
                int made = steps == 0 ? task.steps() : steps;
                cells.add(new Cell(task.name(), name + " suite", "", "", FixedTasks.ready(task, data), made));
            } catch (ConfigException e) {
                leftOut.add(e.getMessage());
            }
        }
        List<String> observed = cells.stream().limit(1).map(Cell::name).toList();
        YamlNode tree = YamlReader.document(Schema.write(new Listed(name, observed, leftOut, cells)), "suite " + name);
        for (String setting : settings) {
            tree = Setting.parse(setting).applyTo(tree);
        }
        return Schema.of(EvaluationPlan.class).bind(tree);
    }

    /** The keys of a plan that a fixed suite has of its own. */
    private record Listed(String name, List<String> observed, List<String> leftOut, List<Cell> cells) {}
}
