package io.evolo.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evolo.checkpoints.AtomicFile;
import io.evolo.checkpoints.CheckpointDirectory;
import io.evolo.checkpoints.CheckpointException;
import io.evolo.checkpoints.Codec;
import io.evolo.checkpoints.PayloadInput;
import io.evolo.checkpoints.PayloadOutput;
import io.evolo.checkpoints.RunLock;
import io.evolo.meta.SavedTrial;
import io.evolo.meta.SavedTrialCodec;
import io.evolo.meta.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;

/**
 * A training in its directory: {@code command.json}, the arguments; checkpoints; {@code metrics.jsonl} and TensorBoard's events;
 * {@code weights.safetensors} and {@code result.json} at the end. Holds the directory's lock until closed.
 */
final class TrainingRun implements AutoCloseable {
    private static final String COMMAND = "command.json";
    private static final String RESULT = "result.json";
    private static final int KEEP = 3;
    private static final long SECOND = 1_000_000_000;
    private static final long LONGEST_NANOS = 60 * SECOND;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final RunLock lock;
    private final CheckpointDirectory checkpoints;
    private final Optional<Checkpoint> from;
    private long kept = System.nanoTime();

    /**
     * What a checkpoint holds.
     *
     * @param facts what the training's bits depend on, by name
     * @param lossSum of the batch losses since the last line
     */
    private record Checkpoint(SavedTrial trial, SortedMap<String, String> facts, double lossSum) {}

    private TrainingRun(Path directory, RunLock lock, Optional<Checkpoint> from) {
        this.directory = directory;
        this.lock = lock;
        this.checkpoints = checkpoints(directory);
        this.from = from;
    }

    /**
     * Begins a run.
     *
     * @param arguments of the command, to be parsed again by whoever resumes it
     * @throws CheckpointException if the directory holds other things, is in use or cannot be written
     */
    static TrainingRun create(Path directory, List<String> arguments) {
        RunLock lock = RunLock.acquire(directory);
        try {
            lock.requireNew(COMMAND, "continue it with evolo train --resume " + directory);
            AtomicFile.write(directory.resolve(COMMAND), JSON.writeValueAsString(arguments) + "\n");
            return new TrainingRun(directory, lock, Optional.empty());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // a list of texts
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Goes on with a run, from its beginning where it had written no checkpoint.
     *
     * @throws CheckpointException if there is none, or none of its checkpoints is good
     */
    static TrainingRun resume(Path directory) {
        arguments(directory);
        RunLock lock = RunLock.acquire(directory);
        try {
            return new TrainingRun(
                    directory, lock, checkpoints(directory).latest(new CheckpointCodec()).map(CheckpointDirectory.Latest::value));
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static CheckpointDirectory checkpoints(Path directory) {
        return new CheckpointDirectory(directory.resolve("checkpoints"), KEEP);
    }

    /** The arguments that a run was begun with. */
    static List<String> arguments(Path directory) {
        Path file = directory.resolve(COMMAND);
        try {
            return List.of(JSON.readValue(Files.readString(file), String[].class));
        } catch (IOException e) {
            throw new CheckpointException(directory + " holds no training: " + file + " cannot be read; evolo train OPTIMIZER --run " + directory
                    + " begins one", e);
        }
    }

    Path directory() {
        return directory;
    }

    /** Where the weights go at the end. */
    Path weights() {
        return directory.resolve("weights.safetensors");
    }

    /** The last lines of a run that has ended. */
    Optional<String> result() {
        try {
            Path file = directory.resolve(RESULT);
            return Files.exists(file) ? Optional.of(JSON.readTree(Files.readString(file)).path("lines").asText()) : Optional.empty();
        } catch (IOException e) {
            throw new CheckpointException(directory.resolve(RESULT) + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Says that the run has ended. */
    void finish(String lines, Trial trial) {
        ObjectNode result = JSON.createObjectNode();
        result.put("steps", trial.steps());
        result.put("diverged", trial.diverged());
        result.put("lines", lines);
        AtomicFile.write(directory.resolve(RESULT), result.toPrettyString() + "\n");
    }

    /** Steps that were made before this process. */
    int steps() {
        return from.map(checkpoint -> checkpoint.trial().steps()).orElse(0);
    }

    double secondsBefore() {
        return from.map(checkpoint -> checkpoint.trial().nanos() * 1e-9).orElse(0.0);
    }

    /** Of the batch losses since the last line before this process. */
    double lossSum() {
        return from.map(Checkpoint::lossSum).orElse(0.0);
    }

    /**
     * Keeps a trial whenever its losses are printed and every minute, and ends it where that is asked for.
     *
     * @param facts what the training's bits depend on beside its command, by name
     * @param every steps between lines
     * @param losses what {@link #lossSum} is to be
     * @throws CheckpointException if the run was begun with other facts
     */
    Trial.Keeper keeper(SortedMap<String, String> facts, int every, DoubleSupplier losses, BooleanSupplier stop) {
        SortedMap<String, String> all = new TreeMap<>(facts);
        all.put("command", String.join(" ", arguments(directory)));
        from.ifPresent(checkpoint -> requireSame(all, checkpoint.facts()));
        return new Trial.Keeper() {
            @Override
            public Optional<SavedTrial> saved() {
                return from.map(Checkpoint::trial);
            }

            @Override
            public boolean wants(int steps) {
                return steps % every == 0 || System.nanoTime() - kept > LONGEST_NANOS || stop.getAsBoolean();
            }

            @Override
            public void keep(SavedTrial trial) {
                checkpoints.write(trial.steps(), new CheckpointCodec(), new Checkpoint(trial, all, losses.getAsDouble()));
                kept = System.nanoTime();
                if (stop.getAsBoolean()) {
                    throw new CancellationException("after step " + trial.steps());
                }
            }
        };
    }

    private void requireSame(SortedMap<String, String> now, SortedMap<String, String> begun) {
        now.forEach((name, value) -> {
            String before = begun.getOrDefault(name, "not said");
            if (!before.equals(value)) {
                throw new CheckpointException(directory + " was begun with another " + name + ": " + before + " then, " + value
                        + " now; put it back, or begin again in another directory");
            }
        });
    }

    @Override
    public void close() {
        lock.close();
    }

    private static final class CheckpointCodec implements Codec<Checkpoint> {
        @Override
        public String kind() {
            return "training";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public void write(PayloadOutput out, Checkpoint checkpoint) {
            out.write(new SavedTrialCodec(), checkpoint.trial());
            out.writeMap(checkpoint.facts(), PayloadOutput::writeString);
            out.writeDouble(checkpoint.lossSum());
        }

        @Override
        public Checkpoint read(PayloadInput in, int version) {
            return new Checkpoint(in.read(new SavedTrialCodec()), new TreeMap<>(in.readMap(PayloadInput::readString)), in.readDouble());
        }
    }
}
