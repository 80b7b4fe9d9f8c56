package io.evolo.tasks.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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

    /** The file of that name, or its packed version where only that is there. */
    private static Path file(Path folder, String name) {
        Path plain = folder.resolve(name);
        Path packed = folder.resolve(name + ".gz");
        return Files.exists(packed) && !Files.exists(plain) ? packed : plain;
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
            throw new DataException(folder + " is a file, expected a folder with MNIST's four IDX files or with CIFAR's binary batches; texts"
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
