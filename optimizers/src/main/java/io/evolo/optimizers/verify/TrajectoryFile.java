package io.evolo.optimizers.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evolo.checkpoints.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads trajectories in both formats: of learned rules, which have a key {@code rule}, and of hand-designed ones, {@code optimizer}. */
final class TrajectoryFile {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private TrajectoryFile() {}

    static boolean isTrajectory(Path file) {
        JsonNode root = parse(file);
        return root.has("rule") || root.has("optimizer");
    }

    static Trajectory read(Path file) {
        JsonValue root = new JsonValue(file.getFileName().toString(), parse(file));
        try {
            return read(root, file);
        } catch (IllegalArgumentException e) {
            // A value that a rule or a layout refuses, such as a negative rate: the file's fault, not the caller's.
            throw new CheckpointException(root.where() + ": " + e.getMessage(), e);
        }
    }

    private static Trajectory read(JsonValue root, Path file) {
        if (root.has("rule")) {
            return LearnedFormat.read(root);
        }
        if (root.has("optimizer") && GroupFormat.reads(root)) {
            return GroupFormat.read(root);
        }
        if (root.has("optimizer") && HiddenMatrixFormat.reads(root)) {
            return HiddenMatrixFormat.read(root);
        }
        if (root.has("optimizer") && MatrixFormat.reads(root)) {
            return MatrixFormat.read(root, name -> problem(file, name));
        }
        if (root.has("optimizer")) {
            return HandDesignedFormat.read(root);
        }
        throw root.wrong("neither 'rule' nor 'optimizer' is in it, so it is not a trajectory");
    }

    /** The definition of a problem lies beside its trajectories. */
    private static JsonValue problem(Path file, String name) {
        Path definition = file.resolveSibling("problem_" + name + ".json");
        return new JsonValue(definition.getFileName().toString(), parse(definition));
    }

    private static JsonNode parse(Path file) {
        try {
            return MAPPER.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new CheckpointException(file + ": not JSON (" + e.getOriginalMessage() + ", line "
                    + e.getLocation().getLineNr() + ")", e);
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be read (" + e.getClass().getSimpleName() + ")", e);
        }
    }
}
