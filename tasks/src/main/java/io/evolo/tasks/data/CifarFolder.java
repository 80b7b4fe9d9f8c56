package io.evolo.tasks.data;

import io.evolo.tasks.Split;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;

/**
 * A folder with the binary version of CIFAR-10 ({@code data_batch_1.bin} to {@code data_batch_5.bin}, {@code test_batch.bin}) or of
 * CIFAR-100 ({@code train.bin}, {@code test.bin}), each plain or with {@code .gz}. A file is a sequence of records without any header:
 * the label (of CIFAR-100 the coarse, then the fine one, which counts), then 32 × 32 red, as many green, as many blue bytes. The test
 * file is {@link Split#TEST}; {@link HeldOut} divides the rest.
 *
 * @param format CIFAR10 or CIFAR100
 * @param side images are resized to that height and width
 * @param grey replaces the three channels by their mean
 */
record CifarFolder(Path folder, ImageFormat format, int side, boolean grey) {
    static final int SIDE = 32;

    private static final int CHANNELS = 3;
    private static final int PLANE = SIDE * SIDE;
    private static final int MOST_BYTES = 1 << 30;

    /** @throws DataException if a file is missing or damaged */
    ImageParts load() {
        Examples train = read(format.trainFiles(folder));
        Examples test = read(format.testFiles(folder));
        return new ImageParts(side, grey ? 1 : CHANNELS, format.classes(), HeldOut.divide(folder.toString(), train, test));
    }

    private int labelBytes() {
        return format == ImageFormat.CIFAR100 ? 2 : 1;
    }

    private int recordBytes() {
        return labelBytes() + CHANNELS * PLANE;
    }

    private Examples read(List<Path> files) {
        List<byte[]> contents = new ArrayList<>();
        long records = 0;
        for (Path file : files) {
            contents.add(content(file));
            records += contents.getLast().length / recordBytes();
        }
        int features = side * side * (grey ? 1 : CHANNELS);
        if (records * features > Integer.MAX_VALUE) {
            throw new DataException(folder + ": " + records + " images of side " + side
                    + " do not fit into one array; choose a smaller side");
        }
        float[] inputs = new float[(int) records * features];
        int[] labels = new int[(int) records];
        Resizer resizer = new Resizer(SIDE, SIDE, CHANNELS, side);
        int next = 0;
        for (int f = 0; f < files.size(); f++) {
            byte[] content = contents.get(f);
            for (int at = 0; at < content.length; at += recordBytes()) {
                labels[next] = label(files.get(f), content, at);
                resizer.resize(interleaved(content, at + labelBytes()), 0, grey, inputs, next * features);
                next++;
            }
        }
        return new Examples(inputs, labels);
    }

    private byte[] content(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException("no file " + file + ": expected one batch of the binary version of " + format
                    + "; the other files of it are there, fetch all of them");
        }
        try (InputStream in = Gzip.open(file)) {
            byte[] content = in.readNBytes(MOST_BYTES);
            if (content.length == 0 || content.length % recordBytes() != 0) {
                throw new DataException(file + " holds " + content.length + " bytes, expected a multiple of " + recordBytes() + " ("
                        + labelBytes() + " of labels, " + CHANNELS * PLANE + " of pixels); it was cut short or is no binary batch of "
                        + format + ", fetch it again");
            }
            return content;
        } catch (EOFException | ZipException e) {
            throw new DataException(file + " is damaged: its gzip stream ends too early or does not unpack; fetch it again", e);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private int label(Path file, byte[] content, int at) {
        int label = content[at + labelBytes() - 1] & 0xFF;
        if (label >= format.classes()) {
            throw new DataException(file + ": label " + label + " of example " + at / recordBytes() + ", expected one of [0, "
                    + format.classes() + "); it is no binary batch of " + format + ", or damaged: fetch it again");
        }
        return label;
    }

    /** From plane after plane to the three bytes of pixel after pixel. */
    private static byte[] interleaved(byte[] content, int from) {
        byte[] out = new byte[CHANNELS * PLANE];
        for (int c = 0; c < CHANNELS; c++) {
            for (int i = 0; i < PLANE; i++) {
                out[i * CHANNELS + c] = content[from + c * PLANE + i];
            }
        }
        return out;
    }
}
