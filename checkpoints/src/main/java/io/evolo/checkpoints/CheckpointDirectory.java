package io.evolo.checkpoints;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The last checkpoints of a run: files {@code step-000000123.ckpt} in one folder. Other files are left alone, but for temporary ones
 * of earlier processes that were killed while writing.
 *
 * @param folder made by the first {@link #write}
 * @param keep how many are kept, at least 1
 */
public record CheckpointDirectory(Path folder, int keep) {
    private static final Pattern NAME = Pattern.compile("step-(\\d{9,18})\\.ckpt");
    private static final Pattern LEFTOVER = Pattern.compile(NAME.pattern() + "\\.\\d+\\" + AtomicFile.TEMPORARY);

    public CheckpointDirectory {
        if (keep < 1) {
            throw new IllegalArgumentException("checkpoints to keep: " + keep + ", expected at least 1");
        }
    }

    /**
     * Writes the checkpoint of a step, then deletes those of earlier steps but for the {@code keep} - 1 newest. Those of later steps,
     * which {@link #latest} must have refused, stay until the run has passed them.
     *
     * @throws CheckpointException if it cannot be written; all others are still there
     */
    public <T> void write(long step, Codec<T> codec, T value) {
        if (step < 0) {
            throw new IllegalArgumentException("step " + step + ", expected at least 0");
        }
        CheckpointFile.write(file(step), codec, value);
        List<Path> passed = files(s -> s <= step);
        delete(passed.subList(Math.min(keep, passed.size()), passed.size()));
        delete(list().filter(path -> LEFTOVER.matcher(path.getFileName().toString()).matches()).toList());
    }

    /**
     * The newest checkpoint that is whole, and which newer ones were refused: the caller must pass that on to the user. Empty if the
     * folder holds none, good or bad.
     *
     * @throws CheckpointException if there are some and each is refused; the message gives all reasons
     */
    public <T> Optional<Latest<T>> latest(Codec<T> codec) {
        List<Refused> refused = new ArrayList<>();
        for (Path file : files(s -> true)) {
            try {
                return Optional.of(new Latest<>(step(file), CheckpointFile.read(file, codec), refused));
            } catch (CheckpointException e) {
                refused.add(new Refused(file, e.getMessage()));
            }
        }
        if (refused.isEmpty()) {
            return Optional.empty();
        }
        throw new CheckpointException("no good checkpoint in " + folder + ", all " + refused.size() + " were refused: "
                + refused.stream().map(Refused::reason).collect(Collectors.joining(" | ")) + "; start the run in another folder");
    }

    /** Where the checkpoint of a step is, or would be. */
    public Path file(long step) {
        return folder.resolve(String.format(Locale.ROOT, "step-%09d.ckpt", step));
    }

    /** Newest step first. */
    private List<Path> files(LongPredicate steps) {
        return list()
                .filter(path -> NAME.matcher(path.getFileName().toString()).matches() && steps.test(step(path)))
                .sorted(Comparator.comparingLong(CheckpointDirectory::step).reversed())
                .toList();
    }

    private Stream<Path> list() {
        if (!Files.exists(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList().stream();
        } catch (IOException e) {
            throw new CheckpointException("checkpoints in " + folder + " cannot be listed: " + e.getMessage(), e);
        }
    }

    private static long step(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : -1;
    }

    private static void delete(List<Path> files) {
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new CheckpointException(file + " is no longer needed, but cannot be deleted: " + e.getMessage(), e);
            }
        }
    }

    /**
     * @param step outer steps made when it was written
     * @param refused newer files that could not be used, newest first
     */
    public record Latest<T>(long step, T value, List<Refused> refused) {
        public Latest {
            refused = List.copyOf(refused);
        }
    }

    /** @param reason one line that names the file */
    public record Refused(Path file, String reason) {}
}
