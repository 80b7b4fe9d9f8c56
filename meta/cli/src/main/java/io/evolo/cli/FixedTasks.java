package io.evolo.cli;

import io.evolo.meta.FixedTask;
import io.evolo.meta.Tasks;
import io.evolo.schema.ConfigException;
import io.evolo.schema.Names;
import io.evolo.schema.Schema;
import io.evolo.schema.YamlReader;
import io.evolo.tasks.data.DataException;
import io.evolo.tasks.data.DataSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The fixed evaluation tasks that ship inside.
 *
 * @param tasks the published ones first
 */
record FixedTasks(List<FixedTask> tasks) {

    FixedTasks {
        tasks = List.copyOf(tasks);
    }

    static FixedTasks load() {
        try (InputStream in = FixedTasks.class.getResourceAsStream("tasks/fixed.yaml")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Schema.of(FixedTasks.class).bind(YamlReader.document(text, "fixed.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException("reading the fixed tasks from the class path failed", e);
        }
    }

    /** @throws ConfigException if there is none of that name */
    FixedTask named(String name) {
        return tasks.stream()
                .filter(task -> task.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        Names.unknown("task", name, tasks.stream().map(FixedTask::name).toList())));
    }

    /**
     * What a task trains, with its data.
     *
     * @param data the folder of the data set that the task needs, or one that holds it under its name; empty: none
     * @throws ConfigException if it needs data that is not there
     */
    static Tasks ready(FixedTask fixed, String data) {
        if (fixed.needs().isEmpty()) {
            return fixed.task();
        }
        if (data.isEmpty()) {
            throw new ConfigException("task " + fixed.name() + " needs the data set '" + fixed.needs()
                    + "'; give its folder, or one that holds a folder '" + fixed.needs() + "', with --data; evolo data fetch " + fixed.needs()
                    + " downloads it");
        }
        Path inside = Path.of(data).resolve(fixed.needs());
        return fixed.task().on(folder(Files.isDirectory(inside) ? inside : Path.of(data), fixed));
    }

    private static String folder(Path path, FixedTask fixed) {
        try {
            return DataSource.in(path).size() == 1 && !DataSource.in(path).getFirst().files().isEmpty()
                    ? path.toAbsolutePath().normalize().toString()
                    : missing(path, fixed);
        } catch (DataException e) {
            return missing(path, fixed);
        }
    }

    private static String missing(Path path, FixedTask fixed) {
        throw new ConfigException("task " + fixed.name() + " needs the data set '" + fixed.needs() + "', but " + path
                + " is neither its folder nor holds a folder '" + fixed.needs() + "'; see evolo data list " + path);
    }
}
