package io.evolo.cli;

import io.evolo.checkpoints.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A run's {@code log.txt}: what was said of it, with the time (UTC). Over all processes that worked on it. */
record RunLog(Path directory) {

    void add(String line) {
        Path file = directory.resolve("log.txt");
        try {
            Files.writeString(
                    file,
                    Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be written: " + e.getMessage() + "; is the disk full?", e);
        }
    }
}
