package io.evolo.checkpoints;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The named tensors of a foreign file: safetensors, or the msgpack of flax. Which of the two is told by its first bytes, not by its
 * name. A Python pickle is never read: reading one runs whatever program its writer put there.
 *
 * <p>A file takes at most twice its own length of memory, and 8 MiB; a count in it is believed only as far as bytes are there for it.
 *
 * @param format what the file is
 * @param tensors in the file's order, with different names
 * @param metadata what the file says of itself; empty where the format has no place for it
 * @param sha256 of the whole file, in hexadecimal; empty for one that has not been written
 */
public record TensorFile(Format format, List<StoredTensor> tensors, SortedMap<String, String> metadata, String sha256) {

    /** The largest published learned optimizer has 9 MB. */
    static final int LARGEST_BYTES = 48 << 20;

    private static final int MOST_TENSORS = 4096;
    private static final int LONGEST_NAME = 1024;

    /** What can be read. */
    public enum Format {
        SAFETENSORS("safetensors"),
        FLAX_MSGPACK("flax msgpack");

        private final String title;

        Format(String title) {
            this.title = title;
        }

        @Override
        public String toString() {
            return title;
        }
    }

    public TensorFile {
        tensors = List.copyOf(tensors);
        metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
        Set<String> names = new HashSet<>();
        for (StoredTensor tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("two tensors are named '" + tensor.name() + "'");
            }
        }
    }

    /** Tensors that are to be written as safetensors. */
    public static TensorFile of(List<StoredTensor> tensors, SortedMap<String, String> metadata) {
        return new TensorFile(Format.SAFETENSORS, tensors, metadata, "");
    }

    /**
     * Reads a file of either format.
     *
     * @throws CheckpointException if it is missing, too large, damaged, of another format, or a pickle
     */
    public static TensorFile read(Path file) {
        ByteBuffer bytes = bytes(file);
        try {
            return decode(bytes);
        } catch (IllegalArgumentException e) {
            // What a file calls its tensors may hold line ends and worse.
            throw new CheckpointException(file + ": " + e.getMessage().replaceAll("\\p{Cntrl}", "?"), e);
        }
    }

    /**
     * Reads a file whose SHA-256 is known.
     *
     * @param sha256 in hexadecimal
     * @throws CheckpointException if it has another one, or cannot be read
     */
    public static TensorFile read(Path file, String sha256) {
        String got = HexFormat.of().formatHex(Digest.SHA256.of(bytes(file)));
        if (!got.equalsIgnoreCase(sha256)) {
            throw new CheckpointException(file + " has the SHA-256 " + got + ", expected " + sha256
                    + "; it was damaged or is another file, fetch it again");
        }
        return read(file);
    }

    /** @throws IllegalArgumentException for whatever is wrong with the bytes */
    static TensorFile decode(ByteBuffer bytes) {
        String sha256 = HexFormat.of().formatHex(Digest.SHA256.of(bytes.duplicate()));
        if (Safetensors.looksLike(bytes)) {
            return Safetensors.decode(bytes, sha256);
        }
        refuseForeign(bytes);
        return FlaxMsgpack.decode(bytes, sha256);
    }

    /**
     * Writes the tensors as safetensors: equal tensors give equal bytes. Replaces the file whole or leaves it as it was.
     *
     * @throws CheckpointException if it cannot be written
     */
    public void write(Path file) {
        AtomicFile.write(file, Safetensors.encode(this));
    }

    /** Adds what has been read, so long as it stays within what any learned optimizer has. */
    static void add(List<StoredTensor> tensors, StoredTensor tensor) {
        if (tensors.size() == MOST_TENSORS) {
            throw new IllegalArgumentException("more than " + MOST_TENSORS + " tensors, expected those of a learned optimizer");
        }
        tensors.add(tensor);
    }

    /** @throws IllegalArgumentException for a name that is too long to be one, or has control characters */
    static void requireName(String name) {
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a name with control characters: '" + name + "'");
        }
        if (name.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("a name of " + name.length() + " characters, expected at most " + LONGEST_NAME + ": '"
                    + name.substring(0, 40) + "…'");
        }
    }

    private static void refuseForeign(ByteBuffer bytes) {
        byte[] first = new byte[Math.min(4, bytes.remaining())];
        bytes.duplicate().get(first);
        String start = HexFormat.of().formatHex(first);
        boolean pickle = start.matches("800[2-5].*") && bytes.remaining() > 2;
        boolean zip = start.startsWith("504b0304");
        if (pickle || zip) {
            throw new IllegalArgumentException("this is a "
                    + (zip ? "zip archive, as torch.save and numpy.savez write" : "Python pickle")
                    + ", which is never read here, because reading a pickle runs any program that is in it. Convert it in Python, where"
                    + " you trust it: torch.load(file, weights_only=True), then safetensors.torch.save_file(tensors, 'x.safetensors');"
                    + " for JAX, flax.serialization.to_bytes(theta)");
        }
        if (start.startsWith("8945564f")) {
            throw new IllegalArgumentException("this is a package or checkpoint of Evolo, expected safetensors or flax msgpack; it needs"
                    + " no import, see evolo inspect");
        }
    }

    private static ByteBuffer bytes(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > LARGEST_BYTES) {
                throw new CheckpointException(file + " has " + size + " bytes, expected at most " + LARGEST_BYTES
                        + "; is it the weights of a model rather than of a learned optimizer?");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new CheckpointException(file + " became shorter while it was read; is something writing to it?");
                }
            }
            return bytes.flip();
        } catch (NoSuchFileException e) {
            throw new CheckpointException("no file " + file + "; check its name", e);
        } catch (IOException e) {
            String why = Files.isDirectory(file) ? "it is a folder" : e.getMessage();
            throw new CheckpointException(file + " cannot be read: " + why, e);
        }
    }
}
