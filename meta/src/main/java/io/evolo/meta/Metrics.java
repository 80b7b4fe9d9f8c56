package io.evolo.meta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.checkpoints.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A run's {@code metrics.jsonl}: one JSON object per interval of outer steps, with the interval's last outer step, the means of
 * meta-loss and gradient norm, the number of lanes that diverged, and lane-steps and seconds since the run began.
 */
final class Metrics {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private int steps;
    private double metaLoss;
    private double gradientNorm;
    private int diverged;
    private OuterReport last = new OuterReport(0, 0, 0, 0, 0);

    Metrics(Path file) {
        this.file = file;
    }

    /** Forgets what was written after an outer step: a resumed run writes it again. */
    void cutTo(int outerStep) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            List<String> kept = Files.readAllLines(file).stream()
                    .filter(line -> isUpTo(line, outerStep))
                    .toList();
            Files.write(file, kept);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be cut to outer step " + outerStep + ": " + e.getMessage(), e);
        }
    }

    /** A line that a killed process left half written is dropped too. */
    private static boolean isUpTo(String line, int outerStep) {
        try {
            return JSON.readTree(line).path("outerStep").asInt(Integer.MAX_VALUE) <= outerStep;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    void add(OuterReport report) {
        steps++;
        metaLoss += report.metaLoss();
        gradientNorm += report.gradientNorm();
        diverged += report.diverged();
        last = report;
    }

    /** Writes what has been added since the last call, if anything. */
    void flush(long laneSteps, double seconds) {
        if (steps == 0) {
            return;
        }
        ObjectNode line = JSON.createObjectNode();
        line.put("outerStep", last.outerStep());
        line.put("metaLoss", metaLoss / steps);
        line.put("gradientNorm", gradientNorm / steps);
        line.put("diverged", diverged);
        line.put("laneSteps", laneSteps);
        line.put("seconds", Math.round(seconds * 1000) / 1000.0);
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be written: " + e.getMessage() + "; is the disk full?", e);
        }
        steps = 0;
        metaLoss = 0;
        gradientNorm = 0;
        diverged = 0;
    }
}
