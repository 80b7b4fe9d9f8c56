package io.evolo.tasks.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An IDX file of unsigned bytes, plain or gzip-ed (told apart by the first two bytes, not by the name). Layout, big-endian: two
 * zero bytes, the type (0x08: unsigned bytes), the number of axes, the size of each axis (32 bits), the values row-major.
 *
 * <p>Strict: the values must fill the file exactly, and no more memory is taken than the file's real content fills.
 *
 * @param axes sizes, outermost first, each at least 1
 * @param values unsigned bytes, as many as the axes' product; owned by this record
 */
record IdxFile(List<Integer> axes, byte[] values) {
    private static final int UNSIGNED_BYTES = 0x0800;
    /** No deflate stream expands by more than this (RFC 1951: 258 bytes from 2 bits). */
    private static final long DEFLATE_LIMIT = 1032;

    /** Reads labels: one axis, magic 0x00000801. */
    static IdxFile labels(Path file) {
        return read(file, "labels (magic 0x00000801)", 1, 1);
    }

    /** Reads images: magic 0x00000803 (count, height, width) or 0x00000804 (the same and channels). */
    static IdxFile images(Path file) {
        return read(file, "images (magic 0x00000803 or 0x00000804)", 3, 4);
    }

    /** Sizes of one item. */
    List<Integer> shape() {
        return axes.subList(1, axes.size());
    }

    /** Size of the outermost axis. */
    int count() {
        return axes.getFirst();
    }

    private static IdxFile read(Path file, String expected, int leastAxes, int mostAxes) {
        if (!Files.isRegularFile(file)) {
            throw new DataException("no file " + file + ": expected IDX " + expected + "; check the folder's name");
        }
        try (InputStream in = Gzip.open(file)) {
            int magic = ByteBuffer.wrap(exactly(in, 4)).getInt();
            int rank = magic - UNSIGNED_BYTES;
            if (rank < leastAxes || rank > mostAxes) {
                throw new DataException("%s starts with 0x%08X, expected IDX %s; is it another kind of file?"
                        .formatted(file, magic, expected));
            }
            ByteBuffer header = ByteBuffer.wrap(exactly(in, 4 * rank));
            List<Integer> axes = IntStream.range(0, rank).mapToObj(i -> header.getInt()).toList();
            return new IdxFile(axes, values(file, in, axes));
        } catch (EOFException e) {
            throw new DataException(file + " ends too early; it was cut short, fetch it again", e);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e.getMessage() + "; fetch it again", e);
        }
    }

    private static byte[] values(Path file, InputStream in, List<Integer> axes) throws IOException {
        long promised = 1;
        for (int axis : axes) {
            promised = promised > Integer.MAX_VALUE ? promised : promised * axis;
            if (axis < 1 || promised > Integer.MAX_VALUE) {
                throw new DataException(file + " has axes " + axes + ", expected sizes of at least 1 and of at most "
                        + Integer.MAX_VALUE + " bytes in all; fetch it again");
            }
        }
        if (promised > DEFLATE_LIMIT * Files.size(file)) {
            throw wrongLength(file, axes, promised, "can hold at most " + DEFLATE_LIMIT * Files.size(file));
        }
        // Grows with what arrives, so a header that promises too much costs nothing.
        byte[] values = in.readNBytes((int) promised);
        if (values.length < promised) {
            throw wrongLength(file, axes, promised, "holds " + values.length);
        }
        if (in.read() >= 0) {
            throw wrongLength(file, axes, promised, "holds more");
        }
        return values;
    }

    private static DataException wrongLength(Path file, List<Integer> axes, long promised, String got) {
        return new DataException(file + " " + got + " bytes behind its header, expected " + promised + " for axes " + axes
                + "; it was cut short or damaged, fetch it again");
    }

    private static byte[] exactly(InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException();
        }
        return bytes;
    }
}
