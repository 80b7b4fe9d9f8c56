package io.evolo.meta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** A run's {@code validation.jsonl}: one JSON object per meta-validation. */
final class ValidationLog {
    private final StepLines lines;
    private final List<Validated> entries = new ArrayList<>();

    /** @param directory of the run */
    ValidationLog(Path directory) {
        this.lines = new StepLines(directory.resolve("validation.jsonl"));
    }

    /** Reads what was written up to an outer step and forgets the rest: a resumed run writes it again. */
    void cutTo(int outerStep) {
        entries.clear();
        lines.cutTo(outerStep).stream().map(ValidationLog::entry).forEach(entries::add);
    }

    void add(Validated entry) {
        ObjectNode line = StepLines.line(entry.outerStep());
        line.put("score", entry.score());
        entry.problems().forEach(line.putArray("problems")::add);
        line.put("diverged", entry.diverged());
        lines.add(line);
        entries.add(entry);
    }

    List<Validated> all() {
        return List.copyOf(entries);
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

    private static Validated entry(JsonNode line) {
        List<Double> problems = StreamSupport.stream(line.path("problems").spliterator(), false)
                .map(JsonNode::asDouble)
                .toList();
        return new Validated(line.path("outerStep").asInt(), line.path("score").asDouble(), problems, line.path("diverged").asInt());
    }
}
