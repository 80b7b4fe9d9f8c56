package io.evolo.tasks.data;

import io.evolo.tasks.Split;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder of four IDX files under MNIST's names, each plain or with {@code .gz}: {@code train-images-idx3-ubyte},
 * {@code train-labels-idx1-ubyte}, {@code t10k-images-idx3-ubyte}, {@code t10k-labels-idx1-ubyte}. The test file is
 * {@link Split#TEST}; {@link HeldOut} divides the training file.
 */
final class IdxFolder {
    /** Of MNIST and all that borrow its file names. */
    private static final int CLASSES = ImageFormat.IDX.classes();

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
        Examples train = part(ImageFormat.IDX.trainFiles(folder));
        Examples test = part(ImageFormat.IDX.testFiles(folder));
        if (train.features() != test.features()) {
            throw new DataException(folder + ": training images have " + train.features() + " values after resizing, test images "
                    + test.features() + "; expected as many channels in both");
        }
        int channels = train.features() / (side * side);
        return new ImageParts(channels, CLASSES, HeldOut.divide(folder.toString(), train, test));
    }

    private Examples part(List<Path> files) {
        Path imageFile = files.getFirst();
        Path labelFile = files.getLast();
        int[] labels = labels(labelFile);
        IdxFile images = IdxFile.images(imageFile);
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
            if (labels[i] >= CLASSES) {
                throw new DataException(file + ": label " + labels[i] + " of example " + i + ", expected one of [0, " + CLASSES
                        + "); fetch it again");
            }
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
