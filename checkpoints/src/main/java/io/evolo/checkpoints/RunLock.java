package io.evolo.checkpoints;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps two processes from writing to one run directory: a lock of the operating system on its file {@code lock}, which holds the
 * number of the process. The system gives the lock back when the process ends, however it ends; the file itself says nothing.
 */
public final class RunLock implements AutoCloseable {
    private static final String NAME = "lock";
    private static final int LONGEST_PID_BYTES = 20;
    private static final int MOST_NAMED = 3;

    /** Far behind the process's number, because Windows lets nobody read what is locked. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    /**
     * Static and mutable because the lock is the process's: under POSIX, closing any other channel to the file would lose it, so
     * this process must not even open the file a second time.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private RunLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Takes the directory until {@link #close}; makes it where there is none.
     *
     * @throws CheckpointException if a process, this one included, has it; the message says which
     */
    public static RunLock acquire(Path directory) {
        if (Files.isRegularFile(directory)) {
            throw new CheckpointException(directory + " is a file, expected a directory for the run");
        }
        try {
            Path real = Files.createDirectories(directory).toRealPath();
            if (!HELD.add(real)) {
                throw inUse(directory, "this process");
            }
            try {
                return new RunLock(real, lock(directory, real.resolve(NAME)));
            } catch (IOException | RuntimeException e) {
                HELD.remove(real);
                throw e;
            }
        } catch (IOException e) {
            throw new CheckpointException("run directory " + directory + " cannot be locked: " + e.getMessage(), e);
        }
    }

    /**
     * Checks that a run can begin in the directory: it holds nothing but this lock.
     *
     * @param run name of the file that every run of this kind has
     * @param wayOut what to do with a run that is there
     * @throws CheckpointException if it holds a run, or other files, among which its own would be scattered
     */
    public void requireNew(String run, String wayOut) {
        if (Files.exists(directory.resolve(run))) {
            throw new CheckpointException(directory + " already holds a run; " + wayOut + ", or choose another directory");
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<String> others = files.map(file -> file.getFileName().toString()).filter(name -> !name.equals(NAME)).sorted().toList();
            if (!others.isEmpty()) {
                throw new CheckpointException(directory + " holds other files (" + others.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                        + (others.size() > MOST_NAMED ? ", …" : "") + "), expected a new or empty directory for the run");
            }
        } catch (IOException e) {
            throw new CheckpointException("run directory " + directory + " cannot be listed: " + e.getMessage(), e);
        }
    }

    private static FileChannel lock(Path directory, Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
            if (lock == null) {
                throw inUse(directory, "process " + pid(channel));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static String pid(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST_PID_BYTES);
        channel.read(bytes, 0);
        String pid = StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
        return pid.matches("\\d+") ? pid : "of unknown number";
    }

    private static CheckpointException inUse(Path directory, String by) {
        return new CheckpointException("run directory " + directory + " is in use by " + by
                + "; wait until it ends, or choose another directory");
    }

    /** Gives the directory back; a second call does nothing. */
    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw new CheckpointException("the lock of run directory " + directory + " cannot be closed: " + e.getMessage(), e);
        } finally {
            HELD.remove(directory);
        }
    }
}
