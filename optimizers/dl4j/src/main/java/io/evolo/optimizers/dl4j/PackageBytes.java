package io.evolo.optimizers.dl4j;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.optimizers.learned.Packages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Packages as the bytes of their files, to be carried inside a network's configuration. */
final class PackageBytes {
    private PackageBytes() {}

    static byte[] of(LearnedOptimizerPackage learned) {
        return inTemporaryFile(file -> {
            learned.write(file);
            return Files.readAllBytes(file);
        });
    }

    /** Reads and tests the package, as {@link Packages#load} does. */
    static LearnedOptimizerPackage load(byte[] bytes) {
        return inTemporaryFile(file -> {
            Files.write(file, bytes);
            return Packages.load(file);
        });
    }

    /** What is done with a file that is deleted afterwards. */
    private interface Work<T> {
        T with(Path file) throws IOException;
    }

    private static <T> T inTemporaryFile(Work<T> work) {
        try {
            Path file = Files.createTempFile("evolo-package", LearnedOptimizerPackage.EXTENSION);
            try {
                return work.with(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a package could not pass through the folder for temporary files ("
                    + System.getProperty("java.io.tmpdir") + "); is it full or read-only?", e);
        }
    }
}
