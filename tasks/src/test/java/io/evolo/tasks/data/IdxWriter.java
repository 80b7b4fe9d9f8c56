package io.evolo.tasks.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/** Makes IDX files for tests. */
final class IdxWriter {

    private IdxWriter() {}

    static byte[] idx(int magic, int[] axes, byte... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * axes.length + values.length).putInt(magic);
        for (int axis : axes) {
            buffer.putInt(axis);
        }
        return buffer.put(values).array();
    }

    static byte[] labels(int... labels) {
        byte[] values = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            values[i] = (byte) labels[i];
        }
        return idx(0x801, new int[] {labels.length}, values);
    }

    /** 2 × 2 images, pixel p of image i being 10 · i + p. */
    static byte[] images(int count) {
        byte[] values = new byte[count * 4];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (i / 4 * 10 + i % 4);
        }
        return idx(0x803, new int[] {count, 2, 2}, values);
    }

    static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    /** 20 training and 5 test images of 2 × 2, labels i mod 10, plain. */
    static void folder(Path folder) throws IOException {
        Files.write(folder.resolve("train-images-idx3-ubyte"), images(20));
        Files.write(folder.resolve("train-labels-idx1-ubyte"), labels(IntStream.range(0, 20).map(i -> i % 10).toArray()));
        Files.write(folder.resolve("t10k-images-idx3-ubyte"), images(5));
        Files.write(folder.resolve("t10k-labels-idx1-ubyte"), labels(0, 1, 2, 3, 4));
    }
}
