package io.evolo.meta;

import io.evolo.checkpoints.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SortedMap;
import java.util.zip.CRC32C;

/**
 * A file of scalars that TensorBoard opens: records of TensorFlow's framing (length, masked CRC32C of the length, an {@code Event} as
 * protocol buffer, masked CRC32C of it), the first one the version {@code brain.Event:2}.
 */
public final class EventFile {
    private static final int WALL_TIME = 1 << 3 | 1; // field number, wire type: 1 fixed 64, 0 varint, 2 length-delimited, 5 fixed 32
    private static final int STEP = 2 << 3;
    private static final int FILE_VERSION = 3 << 3 | 2;
    private static final int SUMMARY = 5 << 3 | 2;
    private static final int VALUE = 1 << 3 | 2;
    private static final int TAG = 1 << 3 | 2;
    private static final int SIMPLE_VALUE = 2 << 3 | 5;
    private static final int LONGEST = 1 << 12; // bytes of an event: a handful of scalars with short tags

    private final Path file;
    private final ByteBuffer event = ByteBuffer.allocate(LONGEST).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer summary = ByteBuffer.allocate(LONGEST).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer value = ByteBuffer.allocate(LONGEST).order(ByteOrder.LITTLE_ENDIAN);

    public EventFile(Path file) {
        this.file = file;
    }

    /**
     * Begins the file anew.
     *
     * @param seconds since 1970, as of every event
     */
    public void begin(double seconds) {
        event.clear().put((byte) WALL_TIME).putDouble(seconds);
        putBytes(event, FILE_VERSION, ByteBuffer.wrap("brain.Event:2".getBytes(StandardCharsets.UTF_8)));
        write(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    }

    /** Appends one event with a scalar for every tag. */
    public void add(double seconds, long step, SortedMap<String, Double> scalars) {
        summary.clear();
        scalars.forEach((tag, scalar) -> {
            value.clear();
            putBytes(value, TAG, ByteBuffer.wrap(tag.getBytes(StandardCharsets.UTF_8)));
            value.put((byte) SIMPLE_VALUE).putFloat(scalar.floatValue());
            putBytes(summary, VALUE, value.flip());
        });
        event.clear().put((byte) WALL_TIME).putDouble(seconds).put((byte) STEP);
        putVarint(event, step);
        putBytes(event, SUMMARY, summary.flip());
        write(StandardOpenOption.APPEND);
    }

    private static void putBytes(ByteBuffer out, int field, ByteBuffer bytes) {
        out.put((byte) field);
        putVarint(out, bytes.remaining());
        out.put(bytes);
    }

    private static void putVarint(ByteBuffer out, long number) {
        long rest = number;
        while (rest > 0x7F) {
            out.put((byte) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private void write(StandardOpenOption... options) {
        event.flip();
        ByteBuffer framed = ByteBuffer.allocate(event.remaining() + 16).order(ByteOrder.LITTLE_ENDIAN);
        framed.putLong(event.remaining()).putInt(maskedCrc(framed.duplicate().flip()));
        framed.put(event.duplicate()).putInt(maskedCrc(event));
        try {
            Files.write(file, framed.array(), options);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be written: " + e.getMessage() + "; is the disk full?", e);
        }
    }

    /** Rotated and shifted, as TensorFlow does, so that the checksum of data that holds checksums stays a good one. */
    private static int maskedCrc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }
}
