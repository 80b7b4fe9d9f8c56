package io.evolo.tasks.data;

import io.evolo.tasks.Split;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * A folder with a folder of PNG and JPEG files for every class, classes in the order of their names; or {@code train} and {@code test}
 * with such folders each. Pictures may have any size: each is resized to the square by itself. Without {@code test},
 * {@link HeldOut#shuffled} takes it from all of them.
 *
 * @param side pictures are resized to that height and width
 * @param grey replaces the three channels by their mean
 */
record PictureFolder(Path folder, int side, boolean grey) {
    private static final int CHANNELS = 3;

    /** Most classes that labels may have. */
    static final int MOST_CLASSES = 1000;

    /** Whether it has at least two folders with pictures, or {@code train} has. */
    static boolean is(Path folder) {
        return Files.isDirectory(folder) && classes(whole(folder)).size() >= 2;
    }

    private static Path whole(Path folder) {
        Path train = folder.resolve("train");
        return Files.isDirectory(train) ? train : folder;
    }

    /** @throws DataException if a picture cannot be read, or the classes of {@code test} are others */
    ImageParts load() {
        List<String> classes = classes(whole(folder));
        if (classes.size() > MOST_CLASSES) {
            throw new DataException(folder + " has " + classes.size() + " folders of pictures, expected at most " + MOST_CLASSES + " classes");
        }
        Examples examples = read(whole(folder), classes);
        Path test = folder.resolve("test");
        Map<Split, Examples> parts = whole(folder).equals(folder) || !Files.isDirectory(test)
                ? HeldOut.shuffled(folder.toString(), examples)
                : HeldOut.divide(folder.toString(), HeldOut.inRandomOrder(examples), read(test, classes));
        return new ImageParts(side, grey ? 1 : CHANNELS, classes.size(), parts);
    }

    private Examples read(Path of, List<String> classes) {
        List<String> there = classes(of);
        if (!classes.containsAll(there)) {
            throw new DataException(of + " has the classes " + there + ", expected none but " + classes);
        }
        List<Path> files = there.stream().flatMap(name -> pictures(of.resolve(name)).stream()).toList();
        if (files.isEmpty()) {
            throw new DataException(of + " holds no pictures, expected a folder of PNG or JPEG files for every class");
        }
        int features = side * side * (grey ? 1 : CHANNELS);
        if ((long) files.size() * features > Integer.MAX_VALUE) {
            throw new DataException(of + ": " + files.size() + " pictures of side " + side + " do not fit into one array; choose a smaller side");
        }
        float[] inputs = new float[files.size() * features];
        int[] labels = new int[files.size()];
        Map<Long, Resizer> resizers = new HashMap<>(); // by size: most folders have pictures of one
        for (int i = 0; i < labels.length; i++) {
            labels[i] = classes.indexOf(files.get(i).getParent().getFileName().toString());
            BufferedImage picture = decode(files.get(i));
            Resizer resizer = resizers.computeIfAbsent(
                    (long) picture.getHeight() << 32 | picture.getWidth(),
                    size -> new Resizer(picture.getHeight(), picture.getWidth(), CHANNELS, side));
            resizer.resize(bytes(picture), 0, grey, inputs, i * features);
        }
        return new Examples(inputs, labels);
    }

    private static BufferedImage decode(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            BufferedImage picture = ImageIO.read(in);
            if (picture == null) {
                throw new DataException(file + " is no PNG or JPEG, whatever its name says; convert it, or take it out");
            }
            return picture;
        } catch (IOException e) {
            throw new DataException(file + " cannot be read as a picture: " + e.getMessage() + "; it is damaged, fetch it again", e);
        }
    }

    /** Red, green and blue of pixel after pixel, row by row; what is transparent counts with the colour that it has. */
    private static byte[] bytes(BufferedImage picture) {
        int[] pixels = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        byte[] out = new byte[pixels.length * CHANNELS];
        for (int i = 0; i < pixels.length; i++) {
            out[i * CHANNELS] = (byte) (pixels[i] >> 16);
            out[i * CHANNELS + 1] = (byte) (pixels[i] >> 8);
            out[i * CHANNELS + 2] = (byte) pixels[i];
        }
        return out;
    }

    private static List<String> classes(Path of) {
        return list(of).stream()
                .filter(Files::isDirectory)
                .filter(child -> !pictures(child).isEmpty())
                .map(child -> child.getFileName().toString())
                .toList();
    }

    private static List<Path> pictures(Path of) {
        return list(of).stream().filter(file -> file.getFileName().toString().matches("(?i)[^.].*\\.(png|jpe?g)")).toList();
    }

    /** All pictures. */
    List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (Path of : List.of(whole(folder), folder.resolve("test"))) {
            if (Files.isDirectory(of)) {
                classes(of).forEach(name -> files.addAll(pictures(of.resolve(name))));
            }
        }
        return files;
    }

    private static List<Path> list(Path of) {
        try (Stream<Path> children = Files.list(of)) {
            return children.sorted().toList();
        } catch (IOException e) {
            throw new DataException(of + " cannot be listed: " + e.getMessage(), e);
        }
    }
}
