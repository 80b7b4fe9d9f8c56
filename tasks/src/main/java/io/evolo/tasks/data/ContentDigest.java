package io.evolo.tasks.data;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of 32-bit integers, each big-endian. Not thread-safe. */
final class ContentDigest {
    private final MessageDigest sha;
    private final ByteBuffer chunk = ByteBuffer.allocate(1 << 16);

    ContentDigest() {
        try {
            this.sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    void putAll(int... values) {
        for (int value : values) {
            put(value);
        }
    }

    void put(int value) {
        if (!chunk.hasRemaining()) {
            sha.update(chunk.flip());
            chunk.clear();
        }
        chunk.putInt(value);
    }

    /** The digest of all that was put, in hexadecimal; ends this. */
    String hex() {
        sha.update(chunk.flip());
        return HexFormat.of().formatHex(sha.digest());
    }
}
