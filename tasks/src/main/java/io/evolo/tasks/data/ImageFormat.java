package io.evolo.tasks.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The formats that a folder of images can have; told apart by the names of its files, each plain or with {@code .gz}. */
enum ImageFormat {
    /** MNIST's four files; see {@link IdxFolder}. */
    IDX(
            10,
            List.of("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
            List.of("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")),
    /** The binary version of CIFAR-10; see {@link CifarFolder}. */
    CIFAR10(10, IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i + ".bin").toList(), List.of("test_batch.bin")),
    /** The binary version of CIFAR-100, with its fine labels; see {@link CifarFolder}. */
    CIFAR100(100, List.of("train.bin"), List.of("test.bin"));

    private final int classes;
    private final List<String> train;
    private final List<String> test;

    ImageFormat(int classes, List<String> train, List<String> test) {
        this.classes = classes;
        this.train = train;
        this.test = test;
    }

    /** Of IDX the fewest: files with other labels have more. */
    int classes() {
        return classes;
    }

    /** The training files of a folder, in order; not all need be there. */
    List<Path> trainFiles(Path folder) {
        return train.stream().map(name -> file(folder, name)).toList();
    }

    /** The test files of a folder, in order; not all need be there. */
    List<Path> testFiles(Path folder) {
        return test.stream().map(name -> file(folder, name)).toList();
    }

    /**
     * The file of that name, or its packed version where only that is there; else the one file of another published spelling of it:
     * {@code train-images.idx3-ubyte}, or EMNIST's {@code emnist-letters-train-images-idx3-ubyte} and {@code …-test-…}.
     *
     * @throws DataException if several are
     */
    private static Path file(Path folder, String name) {
        Path plain = folder.resolve(name);
        Path packed = folder.resolve(name + ".gz");
        if (Files.exists(plain) || !name.contains("-idx") && !Files.exists(packed) || !Files.isDirectory(folder)) {
            return plain;
        }
        if (Files.exists(packed)) {
            return packed;
        }
        List<Path> others = others(folder, name);
        if (others.size() > 1) {
            throw new DataException(folder + " holds " + others.size() + " files that could be its " + name + ", "
                    + others.getFirst().getFileName() + " and " + others.get(1).getFileName()
                    + " among them; put those of one data set into a folder of their own");
        }
        return others.isEmpty() ? plain : others.getFirst();
    }

    private static List<Path> others(Path folder, String name) {
        String spelled = Pattern.quote(name).replace("-idx", "\\E[-.]\\Qidx").replaceFirst("t10k", "\\\\E(t10k|test)\\\\Q");
        Pattern pattern = Pattern.compile("([A-Za-z0-9]+-)*" + spelled + "(\\.gz)?");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(file -> pattern.matcher(file.getFileName().toString()).matches()).sorted().toList();
            return found.stream().filter(file -> !(file.toString().endsWith(".gz") && found.contains(unpacked(file)))).toList();
        } catch (IOException e) {
            throw new DataException(folder + " cannot be listed: " + e.getMessage(), e);
        }
    }

    private static Path unpacked(Path file) {
        return file.resolveSibling(file.getFileName().toString().replaceFirst("\\.gz$", ""));
    }

    /** The format of a folder that has at least one of its files. */
    static Optional<ImageFormat> of(Path folder) {
        return Arrays.stream(values()).filter(format -> format.files(folder).anyMatch(Files::exists)).findFirst();
    }

    private Stream<Path> files(Path folder) {
        return Stream.concat(trainFiles(folder).stream(), testFiles(folder).stream());
    }

    /**
     * Reads a folder of images.
     *
     * @param side images are resized to that height and width
     * @param grey replaces channels by their mean
     * @throws DataException if there is no such folder, a file is missing or damaged, or files do not belong together
     */
    static ImageParts load(Path folder, int side, boolean grey) {
        if (Files.isRegularFile(folder)) {
            throw new DataException(folder + " is a file, expected a folder with MNIST's four IDX files, CIFAR's binary batches or pictures by class, a table *.csv"
                    + " or arrays *.npz; texts"
                    + " are read by the families of language models, transformer_lm and rnn_lm");
        }
        if (!Files.isDirectory(folder)) {
            throw new DataException("no folder " + folder.toAbsolutePath() + ": expected one with MNIST's four IDX files or with"
                    + " CIFAR's binary batches, or 'strokes' for the embedded digits");
        }
        // A folder without any of the files is told of the first that IDX misses.
        return switch (of(folder).orElse(IDX)) {
            case IDX -> new IdxFolder(folder, side, grey).load();
            case CIFAR10 -> new CifarFolder(folder, CIFAR10, side, grey).load();
            case CIFAR100 -> new CifarFolder(folder, CIFAR100, side, grey).load();
        };
    }
}
