package io.evolo.checkpoints;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes a file whole or not at all: to a temporary one beside it, forced to the device, then renamed over it. */
public final class AtomicFile {
    /** How the names of temporary files end. */
    static final String TEMPORARY = ".tmp";

    private AtomicFile() {}

    /**
     * Replaces the file by a text in UTF-8, or leaves it as it was; its folder is made where there is none. Costs two waits for the device.
     *
     * @throws CheckpointException if the device is full or fails
     */
    public static void write(Path file, String text) {
        write(file, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Replaces the file, or leaves it as it was; its folder is made where there is none.
     *
     * @throws CheckpointException if the device is full or fails
     */
    static void write(Path file, ByteBuffer... parts) {
        Path target = file.toAbsolutePath();
        Path temporary = temporary(target);
        try {
            Files.createDirectories(target.getParent());
            try {
                fill(temporary, parts);
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
            force(target.getParent());
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be written: " + e.getMessage()
                    + "; what was there before is still there; free some space or choose another folder", e);
        }
    }

    /** The process in its name keeps two processes from writing to one temporary file. */
    static Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + TEMPORARY);
    }

    private static void fill(Path file, ByteBuffer... parts) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            for (ByteBuffer part : parts) {
                while (part.hasRemaining()) {
                    channel.write(part);
                }
            }
            channel.force(true);
        }
    }

    /** Makes the renaming outlast a power cut. Windows opens no folders and needs no such thing. */
    private static void force(Path folder) throws IOException {
        if (File.separatorChar == '\\') {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
