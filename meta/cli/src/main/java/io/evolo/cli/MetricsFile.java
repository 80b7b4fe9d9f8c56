package io.evolo.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.meta.EventFile;
import io.evolo.meta.JsonNumbers;
import io.evolo.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Numbers of one training in a file, as the file's name says: {@code .jsonl}, an object per line; {@code .csv}, a row per line under one
 * of names, empty where there is no number; {@code *.tfevents*}, scalars for TensorBoard. What is not finite is null, empty or left out.
 * Every line is there as soon as it is known.
 */
final class MetricsFile {
    /** Of all lines; those of losses have the first two, the last line the others. */
    private static final List<String> COLUMNS =
            List.of("step", "batchLoss", "seconds", "trainLoss", "validLoss", "testLoss", "testAccuracy");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Kind kind;
    private final EventFile events;

    private enum Kind {
        JSON_LINES,
        CSV,
        TENSORBOARD
    }

    private MetricsFile(Path file, Kind kind) {
        this.file = file;
        this.kind = kind;
        this.events = new EventFile(file);
    }

    /**
     * A new file, in place of what is there.
     *
     * @throws ConfigException if its name says none of the formats
     */
    static MetricsFile create(String name) {
        OutputFile.require("--metrics", name);
        MetricsFile made = new MetricsFile(Path.of(name), kind(name));
        switch (made.kind) {
            case JSON_LINES -> made.write("", StandardOpenOption.TRUNCATE_EXISTING);
            case CSV -> made.write(String.join(",", COLUMNS) + "\n", StandardOpenOption.TRUNCATE_EXISTING);
            case TENSORBOARD -> made.events.begin(System.currentTimeMillis() * 1e-3);
        }
        return made;
    }

    /**
     * Those of a run: {@code metrics.jsonl}, and TensorBoard's events, made anew from its lines.
     *
     * @param step lines of later steps are forgotten, which a resumed run writes again; 0: all
     */
    static List<MetricsFile> ofRun(Path directory, int step) {
        MetricsFile lines = new MetricsFile(directory.resolve("metrics.jsonl"), Kind.JSON_LINES);
        MetricsFile events = new MetricsFile(directory.resolve("events.out.tfevents.evolo"), Kind.TENSORBOARD);
        List<ObjectNode> kept = lines.readTo(step);
        lines.write(kept.stream().map(line -> line + "\n").collect(Collectors.joining()), StandardOpenOption.TRUNCATE_EXISTING);
        events.events.begin(System.currentTimeMillis() * 1e-3);
        for (ObjectNode line : kept) {
            Map<String, Double> values = new TreeMap<>();
            line.properties().forEach(value -> values.put(value.getKey(), value.getValue().asDouble(Double.NaN)));
            values.remove("step");
            events.add(line.path("step").asInt(), values);
        }
        return List.of(lines, events);
    }

    /** Without a line that a killed process left half written. */
    private List<ObjectNode> readTo(int step) {
        List<ObjectNode> kept = new ArrayList<>();
        try {
            for (String text : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                if (text.endsWith("}") && JSON.readTree(text) instanceof ObjectNode line && line.path("step").asInt() <= step) {
                    kept.add(line);
                }
            }
            return kept;
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be read: " + e.getMessage() + "; delete it, and it is written from here on", e);
        }
    }

    private static Kind kind(String name) {
        if (name.endsWith(".jsonl")) {
            return Kind.JSON_LINES;
        }
        if (name.endsWith(".csv")) {
            return Kind.CSV;
        }
        if (Path.of(name).getFileName().toString().contains("tfevents")) {
            return Kind.TENSORBOARD;
        }
        throw new ConfigException("--metrics " + name + ": expected a name that says the format, as losses.jsonl, losses.csv or"
                + " events.out.tfevents.mine for TensorBoard");
    }

    /** Adds a line; values by the names of {@link #COLUMNS}. */
    void add(int step, Map<String, Double> values) {
        Map<String, Double> all = new LinkedHashMap<>(); // in the columns' order: equal trainings give equal lines, but for seconds
        all.put("step", (double) step);
        COLUMNS.stream().filter(values::containsKey).forEach(name -> all.put(name, values.get(name)));
        switch (kind) {
            case JSON_LINES -> write(json(all) + "\n", StandardOpenOption.APPEND);
            case CSV -> write(row(all) + "\n", StandardOpenOption.APPEND);
            case TENSORBOARD -> {
                TreeMap<String, Double> scalars = new TreeMap<>();
                values.forEach((name, value) -> {
                    if (Double.isFinite(value)) {
                        scalars.put("train/" + name, value);
                    }
                });
                events.add(System.currentTimeMillis() * 1e-3, step, scalars);
            }
        }
    }

    private static String json(Map<String, Double> values) {
        ObjectNode line = JsonNumbers.object();
        values.forEach((name, value) -> {
            if (value == Math.rint(value) && name.equals("step")) {
                line.put(name, value.intValue());
            } else {
                JsonNumbers.put(line, name, value);
            }
        });
        return line.toString();
    }

    private static String row(Map<String, Double> values) {
        return COLUMNS.stream().map(name -> cell(name, values.getOrDefault(name, Double.NaN))).collect(Collectors.joining(","));
    }

    private static String cell(String name, double value) {
        return !Double.isFinite(value) ? "" : name.equals("step") ? Integer.toString((int) value) : Double.toString(value);
    }

    private void write(String text, StandardOpenOption how) {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how);
        } catch (IOException e) {
            throw new CheckpointException("--metrics " + file + " cannot be written: " + e.getMessage() + "; is the disk full?", e);
        }
    }
}
