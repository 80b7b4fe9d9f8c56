package io.evolo.meta.scores;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evolo.checkpoints.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Envelopes of tuned Adam that somebody else has made, as those of VeLO's 125 tasks. The file is one JSON object; a key is a task's
 * name, its value an object with the arrays {@code steps}, ascending, and {@code losses}, of the same length, not increasing: the least
 * loss that any learning rate has reached by then.
 *
 * @param byTask what could be read, by the name of the task
 * @param skipped what could not, a line each
 */
public record Envelopes(SortedMap<String, StepsOfAdam> byTask, List<String> skipped) {
    /** Where there is no file. */
    public static final Envelopes NONE = new Envelopes(new TreeMap<>(), List.of());

    public Envelopes {
        byTask = Collections.unmodifiableSortedMap(new TreeMap<>(byTask));
        skipped = List.copyOf(skipped);
    }

    /** @throws CheckpointException if there is no such file, or it is no JSON object */
    public static Envelopes read(Path file) {
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new CheckpointException(
                    file + " is no file of envelopes: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
        }
        if (!root.isObject()) {
            throw new CheckpointException(file + " is no file of envelopes: expected one object, by the names of the tasks");
        }
        SortedMap<String, StepsOfAdam> byTask = new TreeMap<>();
        List<String> skipped = new ArrayList<>();
        for (Map.Entry<String, JsonNode> task : root.properties()) {
            try {
                byTask.put(task.getKey(), StepsOfAdam.envelope(
                        numbers(task.getValue(), "steps"), numbers(task.getValue(), "losses")));
            } catch (IllegalArgumentException e) {
                skipped.add("envelope '" + task.getKey() + "' in " + file.getFileName() + ": " + e.getMessage());
            }
        }
        return new Envelopes(byTask, skipped);
    }

    private static double[] numbers(JsonNode task, String key) {
        JsonNode array = task.path(key);
        if (!array.isArray()) {
            throw new IllegalArgumentException("no array '" + key + "'");
        }
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!array.get(i).isNumber()) {
                throw new IllegalArgumentException(key + "[" + i + "] is " + array.get(i) + ", expected a number");
            }
            numbers[i] = array.get(i).doubleValue();
        }
        return numbers;
    }
}
