package io.evolo.checkpoints;

import com.esotericsoftware.kryo.kryo5.io.Output;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The container that checkpoints and packages share. There are no options; all numbers are little-endian.
 *
 * <pre>
 * byte    length
 * 0       8       magic 89 45 56 4F 4C 4F 0D 0A ("\x89EVOLO\r\n": an editor or a transfer as text damages it)
 * 8       4       version of the container, 1
 * 12      1       k, length of the kind, 1 to 32
 * 13      k       kind, characters of [a-z0-9_-]
 * 13+k    8       n, length of the payload
 * 21+k    n       payload
 * 21+k+n  4 or 32 digest of the payload: CRC32C, or SHA-256 where the kind says so
 * </pre>
 *
 * <p>The file ends there. A payload is one record: its version (int) and its content, made of these items:
 *
 * <pre>
 * int, long, double   4, 8, 8 bytes (two's complement, IEEE 754)
 * boolean             1 byte, 0 or 1
 * String              int number of bytes, UTF-8
 * int[] float[] double[]   int number of values, values
 * float[][]           int number of rows, each a float[]
 * List                int number of elements, elements
 * Map                 int number of entries, each a String key and its value; keys strictly ascending by UTF-16 code units
 * record              int version, content
 * </pre>
 *
 * <p>Reading checks magic, version, kind, length and digest in this order and allocates nothing beyond the length of the file before
 * it has found them right; then every count within the payload is checked against what is left of it. No class is ever chosen by
 * what a file says.
 */
public final class CheckpointFile {
    private static final byte[] MAGIC = HexFormat.of().parseHex("8945564f4c4f0d0a");
    private static final int VERSION = 1;
    private static final int LONGEST_KIND = 32;
    private static final String KIND = "[a-z0-9_-]{1," + LONGEST_KIND + "}";
    private static final int FIXED_HEADER_BYTES = MAGIC.length + Integer.BYTES + 1;

    private CheckpointFile() {}

    /**
     * Replaces the file whole or leaves it as it was; its folder is made where there is none.
     *
     * @throws CheckpointException if it cannot be written
     */
    public static <T> void write(Path file, Codec<T> codec, T value) {
        AtomicFile.write(file, parts(codec, value));
    }

    /** What {@link #write} writes. */
    public static <T> byte[] content(Codec<T> codec, T value) {
        ByteBuffer[] parts = parts(codec, value);
        ByteBuffer content = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(ByteBuffer::remaining).reduce(0, Math::addExact));
        Arrays.stream(parts).forEach(content::put);
        return content.array();
    }

    private static <T> ByteBuffer[] parts(Codec<T> codec, T value) {
        byte[] kind = kindBytes(codec);
        Output payload = Payload.encode(codec, value);
        ByteBuffer bytes = ByteBuffer.wrap(payload.getBuffer(), 0, payload.position());
        ByteBuffer header = littleEndian(FIXED_HEADER_BYTES + kind.length + Long.BYTES);
        header.put(MAGIC).putInt(VERSION).put((byte) kind.length).put(kind).putLong(bytes.remaining()).flip();
        return new ByteBuffer[] {header, bytes.duplicate(), ByteBuffer.wrap(codec.digest().of(bytes))};
    }

    /** @throws CheckpointException if the file is missing, cut short, damaged, of another kind or too new */
    public static <T> T read(Path file, Codec<T> codec) {
        return open(file, source -> read(source, codec));
    }

    /**
     * The same of a file's content.
     *
     * @param where what the content is, for messages
     * @throws CheckpointException if it is cut short, damaged, of another kind or too new
     */
    public static <T> T read(byte[] content, String where, Codec<T> codec) {
        try {
            return read(new Source(where, Channels.newChannel(new ByteArrayInputStream(content)), content.length), codec);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // arrays do not fail
        }
    }

    /**
     * The kind that the file says it is, without a look at its payload.
     *
     * @throws CheckpointException if it is missing or no file of ours
     */
    public static String kind(Path file) {
        return open(file, CheckpointFile::header);
    }

    private static <T> T open(Path file, Reader<T> reader) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return reader.read(new Source(file.toString(), channel, channel.size()));
        } catch (NoSuchFileException e) {
            throw new CheckpointException("no file " + file + "; check its name", e);
        } catch (IOException e) {
            String why = Files.isDirectory(file) ? "it is a folder" : e.getMessage();
            throw new CheckpointException(file + " cannot be read: " + why, e);
        }
    }

    private interface Reader<T> {
        T read(Source source) throws IOException;
    }

    private static <T> T read(Source source, Codec<T> codec) throws IOException {
        String kind = header(source);
        if (!kind.equals(codec.kind())) {
            throw new CheckpointException(source.where + " holds '" + kind + "', expected '" + codec.kind()
                    + "'; choose another file, or another command for this one");
        }
        return Payload.decode(codec, payload(source, codec.digest()), source.where);
    }

    /** Checks magic and version and returns the kind; the source then stands at the payload's length. */
    private static String header(Source source) throws IOException {
        ByteBuffer fixed = source.next(FIXED_HEADER_BYTES, "header");
        byte[] magic = new byte[MAGIC.length];
        fixed.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new CheckpointException(source.where + " starts with " + HexFormat.of().formatHex(magic) + ", expected the magic "
                    + HexFormat.of().formatHex(MAGIC) + "; it is no checkpoint or package, or was damaged");
        }
        int version = fixed.getInt();
        if (version != VERSION) {
            throw new CheckpointException(source.where + " has container version " + version + ", expected " + VERSION + "; "
                    + (version > VERSION ? "it is too new, use the release that wrote it" : "it was damaged, fetch it again"));
        }
        int length = Byte.toUnsignedInt(fixed.get());
        if (length < 1 || length > LONGEST_KIND) {
            throw new CheckpointException(source.where + " has a kind of " + length + " characters, expected 1 to " + LONGEST_KIND
                    + "; it was damaged, fetch it again");
        }
        String kind = StandardCharsets.ISO_8859_1.decode(source.next(length, "kind")).toString();
        return kind.replaceAll("[^a-z0-9_-]", "?"); // so that a damaged one can be shown
    }

    private static byte[] payload(Source source, Digest digest) throws IOException {
        long length = source.next(Long.BYTES, "length").getLong();
        long held = source.left - digest.bytes();
        if (length != held) {
            throw new CheckpointException(source.where + " holds a payload of " + held + " bytes, but its header says " + length + "; "
                    + (held < length ? "it was cut short" : "there is more behind it") + ", fetch or write it again");
        }
        if (length > Integer.MAX_VALUE - 64) {
            throw new CheckpointException(source.where + " has a payload of " + length + " bytes, expected less than 2 GiB");
        }
        ByteBuffer payload = source.next((int) length, "payload");
        ByteBuffer expected = source.next(digest.bytes(), "digest");
        byte[] got = digest.of(payload.duplicate());
        if (!Arrays.equals(got, expected.array())) {
            throw new CheckpointException(source.where + " has the " + digest + " " + HexFormat.of().formatHex(got) + ", expected "
                    + HexFormat.of().formatHex(expected.array()) + " as written at its end; it was damaged, fetch it again");
        }
        return payload.array();
    }

    /** What is read, from its beginning to its end. */
    private static final class Source {
        private final String where;
        private final ReadableByteChannel channel;
        private long left;

        Source(String where, ReadableByteChannel channel, long bytes) {
            this.where = where;
            this.channel = channel;
            this.left = bytes;
        }

        ByteBuffer next(int bytes, String part) throws IOException {
            if (bytes > left) {
                throw new CheckpointException(where + " ends within its " + part + ": " + left
                        + " bytes left, expected " + bytes + "; it was cut short, fetch or write it again");
            }
            left -= bytes;
            ByteBuffer buffer = littleEndian(bytes);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new CheckpointException(where + " became shorter while it was read; is something writing to it?");
                }
            }
            return buffer.flip();
        }
    }

    private static byte[] kindBytes(Codec<?> codec) {
        if (!codec.kind().matches(KIND)) {
            throw new IllegalArgumentException("kind '" + codec.kind() + "', expected " + KIND);
        }
        return codec.kind().getBytes(StandardCharsets.US_ASCII);
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
