package io.evolo.meta.tune;

import io.evolo.checkpoints.CheckpointException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run's {@code trials.jsonl}: a line per training run, appended and forced to the device when it ends. What stands in it is never
 * run again. Lines stand in the order in which the runs ended, so their order, unlike what they say, depends on the threads. Thread-safe.
 */
public final class Ledger implements AutoCloseable {
    /** Its name in a run directory. */
    public static final String NAME = "trials.jsonl";

    private final Path file;
    private final TaskIdentity task;
    private final FileChannel channel;
    private final Map<LedgerEntry.Key, LedgerEntry> entries = new LinkedHashMap<>();
    private String dropped = "";

    private Ledger(Path file, TaskIdentity task, FileChannel channel) {
        this.file = file;
        this.task = task;
        this.channel = channel;
    }

    /**
     * Reads what is there and goes on behind it. A last line without an end, as a killed process leaves it, is cut off.
     *
     * @throws CheckpointException if a line is of another task (the message says what differs) or is not one of a ledger
     */
    static Ledger open(Path file, TaskIdentity task) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                Ledger ledger = new Ledger(file, task, channel);
                ledger.load();
                return ledger;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be opened: " + e.getMessage(), e);
        }
    }

    /**
     * What a ledger holds, for reports: reads without a lock, beside a run that writes.
     *
     * @param task of all its entries
     * @param entries in the order of the lines
     * @param skipped lines that could not be read, each with the reason
     */
    public record Contents(TaskIdentity task, List<LedgerEntry> entries, List<String> skipped) {
        public Contents {
            entries = List.copyOf(entries);
            skipped = List.copyOf(skipped);
        }
    }

    /**
     * Reads a ledger without changing it, a line at a time.
     *
     * @throws CheckpointException if there is none, or no line of it can be read
     */
    public static Contents read(Path file) {
        List<LedgerEntry> entries = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        List<TaskIdentity> task = new ArrayList<>(1);
        try (BufferedReader in = Files.newBufferedReader(file)) {
            boolean whole = endsWithALine(file);
            int number = 0;
            String next = in.readLine();
            while (next != null) {
                String text = next;
                next = in.readLine();
                number++;
                if (next == null && !whole) {
                    skipped.add(file + ": line " + number + " is only half written");
                    continue;
                }
                try {
                    LedgerLine.Read read = LedgerLine.read(text);
                    if (task.isEmpty()) {
                        task.add(read.task());
                    }
                    entries.add(entry(file, task.getFirst(), number, read));
                } catch (IllegalArgumentException | CheckpointException e) {
                    skipped.add(e instanceof CheckpointException ? e.getMessage() : file + ": line " + number + ": " + e.getMessage());
                }
            }
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be read: " + e.getMessage() + "; evolo tune makes one", e);
        }
        if (task.isEmpty()) {
            throw new CheckpointException(file + " holds no finished trial" + (skipped.isEmpty() ? " yet" : ": " + skipped.getFirst()));
        }
        return new Contents(task.getFirst(), entries, skipped);
    }

    private static boolean endsWithALine(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return channel.size() == 0 || channel.read(last, channel.size() - 1) == 1 && last.get(0) == '\n';
        }
    }

    /** Where the last whole line ends. */
    private static int end(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private static List<String> lines(byte[] bytes, int end) {
        return new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList();
    }

    private void load() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = end(bytes);
        if (end < bytes.length) {
            dropped = file + ": dropped a last line of " + (bytes.length - end) + " bytes that was only half written";
            channel.truncate(end);
        }
        channel.position(end);
        List<String> lines = lines(bytes, end);
        for (int i = 0; i < lines.size(); i++) {
            LedgerEntry entry = entry(file, task, i + 1, parse(file, i + 1, lines.get(i)));
            entries.put(entry.key(), entry);
        }
    }

    private static LedgerEntry entry(Path file, TaskIdentity task, int number, LedgerLine.Read read) {
        List<String> differences = task.differences(read.task());
        if (!differences.isEmpty()) {
            throw new CheckpointException(file + ": line " + number + " is of another task: " + String.join("; ", differences)
                    + "; choose another directory with --run");
        }
        return read.entry();
    }

    private static LedgerLine.Read parse(Path file, int number, String line) {
        try {
            return LedgerLine.read(line);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(
                    file + ": line " + number + ": " + e.getMessage() + "; remove the line, and its trial is made again", e);
        }
    }

    /** What was cut off when the ledger was opened, in words; empty: nothing. */
    public String dropped() {
        return dropped;
    }

    public synchronized int size() {
        return entries.size();
    }

    synchronized List<LedgerEntry> entries() {
        return List.copyOf(entries.values());
    }

    synchronized Optional<LedgerEntry> find(LedgerEntry.Key key) {
        return Optional.ofNullable(entries.get(key));
    }

    synchronized void append(LedgerEntry entry) {
        ByteBuffer line = StandardCharsets.UTF_8.encode(LedgerLine.write(task, entry) + "\n");
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.force(false);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be written: " + e.getMessage() + "; is the disk full?", e);
        }
        entries.put(entry.key(), entry);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be closed: " + e.getMessage(), e);
        }
    }
}
