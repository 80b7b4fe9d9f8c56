package io.evolo.cli;

import io.evolo.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that a command writes when its work is done. */
final class OutputFile {
    private OutputFile() {}

    /**
     * Checks before the work that the file can be written after it; leaves nothing behind.
     *
     * @param option that names it
     * @param file empty: the option was not given
     * @throws ConfigException if it cannot be written
     */
    static void require(String option, String file) {
        if (file.isEmpty()) {
            return;
        }
        Path path = Path.of(file);
        boolean there = Files.exists(path);
        try {
            Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
            if (!there) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new ConfigException(option + " " + file + " cannot be written: "
                    + (Files.isDirectory(path) ? "it is a folder" : e.getClass().getSimpleName() + " " + e.getMessage())
                    + "; name a file in a folder that is there");
        }
    }
}
