package io.evolo.meta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.checkpoints.AtomicFile;
import io.evolo.checkpoints.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A file of a run that grows by lines, each a JSON object with the {@code outerStep} that it is of. */
final class StepLines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    StepLines(Path file) {
        this.file = file;
    }

    /** A line to fill and {@link #add}. */
    static ObjectNode line(int outerStep) {
        return JsonNumbers.object().put("outerStep", outerStep);
    }

    void add(ObjectNode line) {
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be written: " + e.getMessage() + "; is the disk full?", e);
        }
    }

    /**
     * Forgets what was written after an outer step, which a resumed run writes again, and a line that a killed process left half
     * written; returns what is kept.
     */
    List<JsonNode> cutTo(int outerStep) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            List<String> kept = new ArrayList<>();
            List<JsonNode> lines = new ArrayList<>();
            for (String text : Files.readAllLines(file)) {
                parsed(text).filter(line -> line.path("outerStep").asInt(Integer.MAX_VALUE) <= outerStep).ifPresent(line -> {
                    kept.add(text);
                    lines.add(line);
                });
            }
            AtomicFile.write(file, kept.stream().map(line -> line + "\n").collect(Collectors.joining()));
            return lines;
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be cut to outer step " + outerStep + ": " + e.getMessage(), e);
        }
    }

    private static Optional<JsonNode> parsed(String text) {
        try {
            return Optional.of(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
