package io.evolo.meta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.checkpoints.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** A run's {@code validation.jsonl}: one JSON object per meta-validation. */
final class ValidationLog {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final List<Validated> entries = new ArrayList<>();

    /** @param directory of the run */
    ValidationLog(Path directory) {
        this.file = directory.resolve("validation.jsonl");
    }

    /** Reads what was written up to an outer step and forgets the rest: a resumed run writes it again. */
    void cutTo(int outerStep) {
        entries.clear();
        if (!Files.exists(file)) {
            return;
        }
        try {
            for (String line : Files.readAllLines(file)) {
                entry(line).filter(entry -> entry.outerStep() <= outerStep).ifPresent(entries::add);
            }
            Files.write(file, entries.stream().map(ValidationLog::line).toList());
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be cut to outer step " + outerStep + ": " + e.getMessage(), e);
        }
    }

    void add(Validated entry) {
        try {
            Files.writeString(file, line(entry) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be written: " + e.getMessage() + "; is the disk full?", e);
        }
        entries.add(entry);
    }

    Optional<Validated> newest() {
        return entries.isEmpty() ? Optional.empty() : Optional.of(entries.getLast());
    }

    /** The one with the least score; of several, the first. */
    Optional<Validated> best() {
        return entries.stream().min(Comparator.comparingDouble(Validated::score));
    }

    /** Meta-validations since the best. */
    int sinceBest() {
        return best().map(best -> entries.size() - 1 - entries.indexOf(best)).orElse(0);
    }

    private static String line(Validated entry) {
        ObjectNode line = JSON.createObjectNode();
        line.put("outerStep", entry.outerStep());
        line.put("score", entry.score());
        entry.problems().forEach(line.putArray("problems")::add);
        line.put("diverged", entry.diverged());
        return line.toString();
    }

    /** Nothing for a line that a killed process left half written. */
    private static Optional<Validated> entry(String text) {
        try {
            JsonNode line = JSON.readTree(text);
            List<Double> problems = StreamSupport.stream(line.path("problems").spliterator(), false)
                    .map(JsonNode::asDouble)
                    .toList();
            return Optional.of(new Validated(
                    line.path("outerStep").asInt(), line.path("score").asDouble(), problems, line.path("diverged").asInt()));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
