package io.evolo.tasks.data;

import io.evolo.tasks.data.TextSpec.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A data set that is there, embedded or in files, as it is: images at their own size (pictures and arrays of them at 28 × 28) and with
 * their own colours, values in [0, 1]; text by characters.
 *
 * @param source what a recipe writes to have it
 * @param kind what it is made of
 */
public record DataSource(String source, Kind kind) {
    private static final int DRAWN_SIDE = 28;

    /** What a data set is made of. */
    public enum Kind {
        DIGITS("drawn digits"),
        LANGUAGE("generated text"),
        IDX("IDX images"),
        CIFAR10("CIFAR-10 binary"),
        CIFAR100("CIFAR-100 binary"),
        NUMPY("NumPy arrays"),
        PICTURES("pictures by class"),
        TABLE("CSV table"),
        TEXT("text");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    /** Those that need no files. */
    public static List<DataSource> embedded() {
        return List.of(
                new DataSource("strokes", Kind.DIGITS),
                new DataSource("strokes-thin", Kind.DIGITS),
                new DataSource(TextSpec.GRAMMAR, Kind.LANGUAGE));
    }

    /**
     * The file or folder of images that a path is, else the data sets directly in the folder there, by name.
     *
     * @throws DataException if there is none
     */
    public static List<DataSource> in(Path path) {
        Optional<DataSource> itself = at(path);
        if (itself.isPresent() && (itself.get().kind() != Kind.TEXT || Files.isRegularFile(path))) {
            return List.of(itself.get());
        }
        if (!Files.exists(path)) {
            throw new DataException("no file or folder " + path.toAbsolutePath() + ": expected a data set, or a folder of several");
        }
        List<DataSource> found = new ArrayList<>();
        if (Files.isDirectory(path)) {
            try (Stream<Path> children = Files.list(path)) {
                children.sorted().forEach(child -> at(child).ifPresent(found::add));
            } catch (IOException e) {
                throw new DataException(path + " cannot be listed: " + e.getMessage(), e);
            }
        }
        if (found.isEmpty()) {
            throw new DataException(path + " holds no data set: expected MNIST's IDX files (train-images-idx3-ubyte …), CIFAR's binary"
                    + " batches (data_batch_1.bin …, or train.bin and test.bin), NumPy's arrays (*.npz, x.npy and y.npy), a table (*.csv), folders of PNG or JPEG"
                    + " by class, a text (*.txt, *.txt.gz), or folders with those");
        }
        return List.copyOf(found);
    }

    private static Optional<DataSource> at(Path path) {
        if (TableFile.is(path.toString()) && Files.isRegularFile(TableFile.of(path.toString()).file())) {
            return Optional.of(new DataSource(path.toString(), Kind.TABLE));
        }
        if (NumpyArrays.is(path) && Files.exists(path)) {
            return Optional.of(new DataSource(path.toString(), Kind.NUMPY));
        }
        if (Files.isRegularFile(path)) {
            boolean text = path.getFileName().toString().matches(".*\\.txt(\\.gz)?");
            return text ? Optional.of(new DataSource(path.toString(), Kind.TEXT)) : Optional.empty();
        }
        if (!Files.isDirectory(path)) {
            return Optional.empty();
        }
        Optional<Kind> images = ImageFormat.of(path)
                .map(format -> Kind.valueOf(format.name()))
                .or(() -> PictureFolder.is(path) ? Optional.of(Kind.PICTURES) : Optional.empty());
        boolean text = images.isEmpty() && TextFile.textFiles(path).size() == 1;
        return images.or(() -> text ? Optional.of(Kind.TEXT) : Optional.empty())
                .map(kind -> new DataSource(path.toString(), kind));
    }

    /** The files that it is read from; none for embedded data. Some may be missing. */
    public List<Path> files() {
        Path path = Path.of(source);
        return switch (kind) {
            case DIGITS, LANGUAGE -> List.of();
            case TABLE -> List.of(TableFile.of(source).file());
            case NUMPY -> new NumpyArrays(path, 1, true).files();
            case PICTURES -> new PictureFolder(path, 1, true).files();
            case TEXT -> List.of(TextFile.of(path).path());
            case IDX, CIFAR10, CIFAR100 -> {
                ImageFormat format = ImageFormat.valueOf(kind.name());
                yield Stream.concat(format.trainFiles(path).stream(), format.testFiles(path).stream()).toList();
            }
        };
    }

    /**
     * Reads or makes all of it.
     *
     * @throws DataException if a file is missing or damaged; the message is one line and names it
     */
    public TaskData load() {
        return switch (kind) {
            case DIGITS -> new DataSpec(source, DRAWN_SIDE, true, false, 0, 0).load();
            case LANGUAGE, TEXT -> new TextSpec(source, Unit.CHARACTERS, 0).load();
            case IDX -> new DataSpec(source, IdxFile.images(files().getFirst()).axes().get(1), false, false, 0, 0).load();
            case NUMPY, PICTURES, TABLE -> new DataSpec(source, DRAWN_SIDE, false, false, 0, 0).load();
            case CIFAR10, CIFAR100 -> new DataSpec(source, CifarFolder.SIDE, false, false, 0, 0).load();
        };
    }
}
