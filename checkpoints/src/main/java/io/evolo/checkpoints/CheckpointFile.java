package io.evolo.checkpoints;

import com.esotericsoftware.kryo.kryo5.io.Output;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
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
        byte[] kind = kindBytes(codec);
        Output payload = Payload.encode(codec, value);
        ByteBuffer bytes = ByteBuffer.wrap(payload.getBuffer(), 0, payload.position());
        ByteBuffer header = littleEndian(FIXED_HEADER_BYTES + kind.length + Long.BYTES);
        header.put(MAGIC).putInt(VERSION).put((byte) kind.length).put(kind).putLong(bytes.remaining()).flip();
        AtomicFile.write(file, header, bytes.duplicate(), ByteBuffer.wrap(codec.digest().of(bytes)));
    }

    /** @throws CheckpointException if the file is missing, cut short, damaged, of another kind or too new */
    public static <T> T read(Path file, Codec<T> codec) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            String kind = header(file, channel);
            if (!kind.equals(codec.kind())) {
                throw new CheckpointException(file + " holds '" + kind + "', expected '" + codec.kind()
                        + "'; choose another file, or another command for this one");
            }
            return Payload.decode(codec, payload(file, channel, codec.digest()), file.toString());
        } catch (NoSuchFileException e) {
            throw missing(file, e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The kind that the file says it is, without a look at its payload.
     *
     * @throws CheckpointException if it is missing or no file of ours
     */
    public static String kind(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return header(file, channel);
        } catch (NoSuchFileException e) {
            throw missing(file, e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Checks magic and version and returns the kind; the channel then stands at the payload's length. */
    private static String header(Path file, FileChannel channel) throws IOException {
        ByteBuffer fixed = next(file, channel, FIXED_HEADER_BYTES, "header");
        byte[] magic = new byte[MAGIC.length];
        fixed.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new CheckpointException(file + " starts with " + HexFormat.of().formatHex(magic) + ", expected the magic "
                    + HexFormat.of().formatHex(MAGIC) + "; it is no checkpoint or package, or was damaged");
        }
        int version = fixed.getInt();
        if (version != VERSION) {
            throw new CheckpointException(file + " has container version " + version + ", expected " + VERSION + "; "
                    + (version > VERSION ? "it is too new, use the release that wrote it" : "it was damaged, fetch it again"));
        }
        int length = Byte.toUnsignedInt(fixed.get());
        if (length < 1 || length > LONGEST_KIND) {
            throw new CheckpointException(file + " has a kind of " + length + " characters, expected 1 to " + LONGEST_KIND
                    + "; it was damaged, fetch it again");
        }
        String kind = StandardCharsets.ISO_8859_1.decode(next(file, channel, length, "kind")).toString();
        return kind.replaceAll("[^a-z0-9_-]", "?"); // so that a damaged one can be shown
    }

    private static byte[] payload(Path file, FileChannel channel, Digest digest) throws IOException {
        long length = next(file, channel, Long.BYTES, "length").getLong();
        long held = channel.size() - channel.position() - digest.bytes();
        if (length != held) {
            throw new CheckpointException(file + " holds a payload of " + held + " bytes, but its header says " + length + "; "
                    + (held < length ? "it was cut short" : "there is more behind it") + ", fetch or write it again");
        }
        if (length > Integer.MAX_VALUE - 64) {
            throw new CheckpointException(file + " has a payload of " + length + " bytes, expected less than 2 GiB");
        }
        ByteBuffer payload = next(file, channel, (int) length, "payload");
        ByteBuffer expected = next(file, channel, digest.bytes(), "digest");
        byte[] got = digest.of(payload.duplicate());
        if (!Arrays.equals(got, expected.array())) {
            throw new CheckpointException(file + " has the " + digest + " " + HexFormat.of().formatHex(got) + ", expected "
                    + HexFormat.of().formatHex(expected.array()) + " as written at its end; it was damaged, fetch it again");
        }
        return payload.array();
    }

    private static ByteBuffer next(Path file, FileChannel channel, int bytes, String part) throws IOException {
        if (bytes > channel.size() - channel.position()) {
            throw new CheckpointException(file + " ends within its " + part + ": " + (channel.size() - channel.position())
                    + " bytes left, expected " + bytes + "; it was cut short, fetch or write it again");
        }
        ByteBuffer buffer = littleEndian(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new CheckpointException(file + " became shorter while it was read; is something writing to it?");
            }
        }
        return buffer.flip();
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

    private static CheckpointException missing(Path file, IOException cause) {
        return new CheckpointException("no file " + file + "; check its name", cause);
    }

    private static CheckpointException unreadable(Path file, IOException cause) {
        String why = Files.isDirectory(file) ? "it is a folder" : cause.getMessage();
        return new CheckpointException(file + " cannot be read: " + why, cause);
    }
}
