package io.evolo.tasks.data;

import io.evolo.tasks.Split;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * NumPy's arrays: a file {@code NAME.npz} or a folder of {@code .npy} files, with {@code x_train}, {@code y_train}, {@code x_test} and
 * {@code y_test}, or with {@code x} and {@code y}, of which {@link HeldOut#shuffled} takes the parts. x is [examples, height, width] or
 * [examples, height, width, channels] of bytes, or a table [examples, features] of any numbers; y holds whole numbers from 0 on.
 *
 * @param side images are resized to that height and width; a table has none
 * @param grey replaces channels by their mean
 */
record NumpyArrays(Path path, int side, boolean grey) {
    private static final List<String> WHOLE = List.of("x", "y");
    private static final List<String> PARTS = List.of("x_train", "y_train", "x_test", "y_test");

    /** Whether it is such a file or folder. */
    static boolean is(Path path) {
        return path.toString().endsWith(".npz")
                || Files.isRegularFile(path.resolve("x.npy"))
                || Files.isRegularFile(path.resolve("x_train.npy"));
    }

    /** @throws DataException if an array is missing, damaged or of another shape or type */
    ImageParts load() {
        Map<String, NumpyArray> arrays = read();
        boolean divided = arrays.containsKey("x_train");
        for (String name : divided ? PARTS : WHOLE) {
            if (!arrays.containsKey(name)) {
                throw new DataException(path + " has the arrays " + String.join(", ", arrays.keySet()) + ", expected " + String.join(", ", PARTS)
                        + ", or " + String.join(", ", WHOLE));
            }
        }
        NumpyArray x = arrays.get(divided ? "x_train" : "x");
        Examples examples = examples(x, arrays.get(divided ? "y_train" : "y"));
        if (!divided) {
            return parts(x, examples, HeldOut.shuffled(path.toString(), examples));
        }
        Examples test = examples(arrays.get("x_test"), arrays.get("y_test"));
        if (test.features() != examples.features()) {
            throw new DataException(path + ": examples of x_test have " + test.features() + " values, those of x_train " + examples.features());
        }
        return parts(x, examples, HeldOut.divide(path.toString(), examples, test));
    }

    private ImageParts parts(NumpyArray x, Examples all, Map<Split, Examples> parts) {
        boolean table = x.shape().length == 2;
        int classes = Math.max(2, 1 + parts.values().stream().mapToInt(Examples::largestLabel).max().orElseThrow());
        return new ImageParts(table ? 1 : side, table ? all.features() : channels(x), classes, parts);
    }

    private int channels(NumpyArray x) {
        return grey || x.shape().length == 3 ? 1 : x.shape()[3];
    }

    private Examples examples(NumpyArray x, NumpyArray y) {
        int[] shape = x.shape();
        if (shape.length < 2 || shape.length > 4 || shape[0] < 1) {
            throw new DataException(path + ": x has the shape " + Arrays.toString(shape)
                    + ", expected [examples, features], [examples, height, width] or [examples, height, width, channels]");
        }
        int[] labels = labels(y, shape[0]);
        if (shape.length == 2) {
            float[] inputs = new float[Math.multiplyExact(shape[0], shape[1])];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = finite((float) x.value(i), i / shape[1]);
            }
            return new Examples(inputs, labels);
        }
        if (!x.isBytes()) {
            throw new DataException(path + ": images of type " + x.type() + ", expected unsigned bytes (|u1): (255*x).astype('uint8') makes them");
        }
        int channels = shape.length == 3 ? 1 : shape[3];
        int features = side * side * channels(x);
        float[] inputs = new float[Math.multiplyExact(shape[0], features)];
        Resizer resizer = new Resizer(shape[1], shape[2], channels, side);
        for (int i = 0; i < shape[0]; i++) {
            resizer.resize(x.content(), i * shape[1] * shape[2] * channels, grey, inputs, i * features);
        }
        return new Examples(inputs, labels);
    }

    private float finite(float value, int example) {
        if (!Float.isFinite(value)) {
            throw new DataException(path + ": a value of example " + example + " is " + value + ", expected finite ones");
        }
        return value;
    }

    private int[] labels(NumpyArray y, int examples) {
        if (y.count() != examples) {
            throw new DataException(path + ": " + y.count() + " labels for " + examples + " examples");
        }
        int[] labels = new int[examples];
        for (int i = 0; i < examples; i++) {
            double label = y.value(i);
            if (!(label >= 0 && label < PictureFolder.MOST_CLASSES) || label != Math.rint(label)) {
                throw new DataException(path + ": label " + label + " of example " + i + ", expected a whole number of [0, "
                        + PictureFolder.MOST_CLASSES + ")");
            }
            labels[i] = (int) label;
        }
        return labels;
    }

    /** The files that are there. */
    List<Path> files() {
        return path.toString().endsWith(".npz")
                ? List.of(path)
                : PARTS.stream().map(this::file).filter(Files::isRegularFile).findAny().isPresent()
                        ? PARTS.stream().map(this::file).toList()
                        : WHOLE.stream().map(this::file).toList();
    }

    private Path file(String name) {
        return path.resolve(name + ".npy");
    }

    private Map<String, NumpyArray> read() {
        Map<String, NumpyArray> arrays = new TreeMap<>();
        if (path.toString().endsWith(".npz")) {
            try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(path))) {
                for (Optional<ZipEntry> entry = next(zip); entry.isPresent(); entry = next(zip)) {
                    String name = entry.get().getName();
                    arrays.put(name.replaceFirst("\\.npy$", ""), NumpyArray.read(zip, path + ", " + name));
                }
            } catch (IOException e) {
                throw new DataException(path + " cannot be read as .npz: " + e.getMessage(), e);
            }
            return arrays;
        }
        for (Path file : files()) {
            try (InputStream in = Files.newInputStream(file)) {
                arrays.put(file.getFileName().toString().replaceFirst("\\.npy$", ""), NumpyArray.read(in, file.toString()));
            } catch (IOException e) {
                throw new DataException(file + " cannot be read: " + (Files.exists(file) ? e.getMessage() : "there is no such file"), e);
            }
        }
        return arrays;
    }

    private static Optional<ZipEntry> next(ZipInputStream zip) throws IOException {
        return Optional.ofNullable(zip.getNextEntry());
    }
}
