package io.evolo.tasks.data;

import io.evolo.tasks.Split;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A folder of four IDX files under MNIST's names, each plain or with {@code .gz}: {@code train-images-idx3-ubyte},
 * {@code train-labels-idx1-ubyte}, {@code t10k-images-idx3-ubyte}, {@code t10k-labels-idx1-ubyte}. The test file is
 * {@link Split#TEST}; {@link HeldOut} divides the training file. There are ten classes, as in MNIST and most that borrow its names, or as
 * many as the largest label asks for: EMNIST's letters have 1 to 26, so 27.
 */
final class IdxFolder {
    private static final int TRAIN = 0;
    private static final int TEST = 1;

    private final Path folder;
    private final int side;
    private final boolean grey;

    IdxFolder(Path folder, int side, boolean grey) {
        this.folder = folder;
        this.side = side;
        this.grey = grey;
    }

    /**
     * Reads all examples, values in [0, 1].
     *
     * @throws DataException if a file is missing or damaged, or two files do not belong together
     */
    ImageParts load() {
        List<List<Path>> files = List.of(ImageFormat.IDX.trainFiles(folder), ImageFormat.IDX.testFiles(folder));
        List<IdxFile> images = files.stream().map(pair -> IdxFile.images(pair.getFirst())).toList();
        List<Integer> shape = images.get(TRAIN).shape();
        if (!shape.equals(images.get(TEST).shape())) {
            throw new DataException(files.get(TRAIN).getFirst() + " holds images of " + text(shape) + ", but " + files.get(TEST).getFirst()
                    + " of " + text(images.get(TEST).shape()) + "; expected as many pixels and channels in both");
        }
        Examples train = part(files.get(TRAIN), images.get(TRAIN));
        Examples test = part(files.get(TEST), images.get(TEST));
        int channels = train.features() / (side * side);
        int classes = Math.max(ImageFormat.IDX.classes(), 1 + Math.max(train.largestLabel(), test.largestLabel()));
        return new ImageParts(side, channels, classes, HeldOut.divide(folder.toString(), train, test));
    }

    private static String text(List<Integer> shape) {
        return shape.stream().map(String::valueOf).collect(Collectors.joining("×"));
    }

    private Examples part(List<Path> files, IdxFile images) {
        Path imageFile = files.getFirst();
        Path labelFile = files.getLast();
        int[] labels = labels(labelFile);
        if (images.count() != labels.length) {
            throw new DataException(imageFile + " holds " + images.count() + " images, but " + labelFile + " " + labels.length
                    + " labels; expected files that belong together");
        }
        return new Examples(resize(imageFile, images), labels);
    }

    private static int[] labels(Path file) {
        byte[] values = IdxFile.labels(file).values();
        int[] labels = new int[values.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = values[i] & 0xFF;
        }
        return labels;
    }

    private float[] resize(Path file, IdxFile images) {
        int height = images.axes().get(1);
        int width = images.axes().get(2);
        int channels = images.axes().size() == 4 ? images.axes().get(3) : 1;
        Resizer resizer = new Resizer(height, width, channels, side);
        int features = side * side * (grey ? 1 : channels);
        if ((long) images.count() * features > Integer.MAX_VALUE) {
            throw new DataException(file + ": " + images.count() + " images of side " + side
                    + " do not fit into one array; choose a smaller side");
        }
        float[] out = new float[images.count() * features];
        for (int i = 0; i < images.count(); i++) {
            resizer.resize(images.values(), i * height * width * channels, grey, out, i * features);
        }
        return out;
    }
}
