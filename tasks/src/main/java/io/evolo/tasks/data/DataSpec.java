package io.evolo.tasks.data;

import io.evolo.tasks.Split;
import java.nio.file.Path;
import java.util.Map;

/**
 * Which data, and how prepared: what a recipe names. Loading it twice gives equal data sets.
 *
 * @param source {@code strokes} or {@code strokes-thin} (drawn on the spot, see {@link StrokeDigits}), else the path of a folder
 *     with MNIST's four IDX files, with the binary version of CIFAR-10 or CIFAR-100, with NumPy's arrays or with pictures by class; or a
 *     CSV table, {@code PATH#COLUMN} where its label is not the last column; or NumPy's {@code .npz}
 * @param side images are resized to that height and width, [1, 1024]; at least 4 for drawn digits
 * @param grey replaces channels by their mean
 * @param standardize brings every channel to mean 0, standard deviation 1 over the training part; else values lie in [0, 1]
 * @param seed which drawn set, and which labels are noisy; without noise ignored for folders
 * @param noise share of the labels of {@link Split#TRAIN} that are replaced by classes drawn uniformly, in [0, 1); the other parts stay
 *     as they are
 */
public record DataSpec(String source, int side, boolean grey, boolean standardize, long seed, double noise) {
    private static final int MAX_SIDE = 1024;

    public DataSpec {
        if (source.isBlank()) {
            throw new IllegalArgumentException("data source is blank, expected 'strokes', 'strokes-thin' or a folder's path");
        }
        if (side < 1 || side > MAX_SIDE) {
            throw new IllegalArgumentException("data side is " + side + ", expected 1 to " + MAX_SIDE);
        }
        new LabelNoise(noise, seed); // refuses values out of range
    }

    /** The embedded digits of that side, standardised, seed 0. */
    public static DataSpec strokes(int side) {
        return new DataSpec("strokes", side, true, true, 0, 0);
    }

    /** The grey, standardised images of a folder. */
    public static DataSpec folder(Path folder, int side) {
        return new DataSpec(folder.toString(), side, true, true, 0, 0);
    }

    /**
     * Draws or reads the data set. Its name says source and side, as {@code strokes8} or {@code mnist10k-8}, then what is not the
     * default: {@code -colour}, {@code -raw} for values in [0, 1], {@code -seed5}, {@code -noise0.2}.
     *
     * @throws DataException if files are missing or damaged
     */
    public Dataset load() {
        return switch (source) {
            case "strokes" -> strokes("strokes" + side, StrokeStyle.DEFAULT);
            case "strokes-thin" -> strokes("strokes-thin" + side, StrokeStyle.THIN);
            default -> brought();
        };
    }

    private Dataset strokes(String name, StrokeStyle style) {
        Map<Split, Examples> parts = new StrokeDigits(style, side, seed).draw();
        return prepare(seed == 0 ? name : name + "-seed" + seed, side, 1, StrokeDigits.CLASSES, parts);
    }

    private Dataset brought() {
        if (TableFile.is(source)) {
            TableFile table = TableFile.of(source);
            return prepare(name(table.file()).replaceFirst("\\.csv.*$", ""), table.load());
        }
        Path path = Path.of(source);
        ImageParts images = NumpyArrays.is(path)
                ? new NumpyArrays(path, side, grey).load()
                : PictureFolder.is(path) ? new PictureFolder(path, side, grey).load() : ImageFormat.load(path, side, grey);
        String name = name(path).replaceFirst("\\.npz$", "");
        return images.side() == 1 && side > 1
                ? prepare(name, images)
                : prepare(images.channels() > 1 ? name + "-" + side + "-colour" : name + "-" + side, images);
    }

    private static String name(Path path) {
        return path.toAbsolutePath().normalize().getFileName().toString();
    }

    private Dataset prepare(String name, ImageParts images) {
        return prepare(name, images.side(), images.channels(), images.classes(), images.parts());
    }

    private Dataset prepare(String name, int side, int channels, int classes, Map<Split, Examples> parts) {
        if (standardize) {
            new Standardizer(channels).apply(name, parts);
        }
        if (noise > 0) {
            parts.compute(Split.TRAIN, (part, clean) -> new LabelNoise(noise, seed).of(clean, classes));
        }
        String prepared = standardize ? name : name + "-raw";
        return new Dataset(noise > 0 ? prepared + "-noise" + noise : prepared, side, channels, classes, parts);
    }
}
