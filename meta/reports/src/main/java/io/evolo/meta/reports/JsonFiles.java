package io.evolo.meta.reports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evolo.checkpoints.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Whole files of a run directory. */
final class JsonFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonFiles() {}

    static JsonNode tree(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new CheckpointException(
                    file + " is no whole JSON: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
        }
    }

    /** Numbers of an array; null, which stands for infinity in JSON, becomes it. */
    static double[] numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToDouble(JsonFiles::number).toArray();
    }

    static double number(JsonNode node) {
        return node.asDouble(Double.POSITIVE_INFINITY);
    }

    /** Those files of the run that are there, whole, as facts. */
    static List<Report.Fact> facts(Path run, String... names) {
        List<Report.Fact> facts = new ArrayList<>();
        for (String name : names) {
            Path file = run.resolve(name);
            if (Files.exists(file)) {
                try {
                    facts.add(new Report.Fact(name, Files.readString(file).strip() + "\n"));
                } catch (IOException e) {
                    throw new CheckpointException(file + " cannot be read: " + e.getMessage(), e);
                }
            }
        }
        return facts;
    }
}
