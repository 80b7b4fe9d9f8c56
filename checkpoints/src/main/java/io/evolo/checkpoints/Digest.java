package io.evolo.checkpoints;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/** What tells a damaged payload from a whole one. */
public enum Digest {
    /** 4 bytes, little-endian (RFC 3720); fast, for files that are written often. */
    CRC32C(4) {
        @Override
        byte[] of(ByteBuffer... parts) {
            CRC32C checksum = new CRC32C();
            for (ByteBuffer part : parts) {
                checksum.update(part);
            }
            return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) checksum.getValue()).array();
        }
    },
    /** 32 bytes (FIPS 180-4); slower, and an identity for files that are published. */
    SHA256(32) {
        @Override
        byte[] of(ByteBuffer... parts) {
            try {
                MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                for (ByteBuffer part : parts) {
                    sha256.update(part);
                }
                return sha256.digest();
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has SHA-256", e);
            }
        }
    };

    private final int bytes;

    Digest(int bytes) {
        this.bytes = bytes;
    }

    /** Its length in a file. */
    int bytes() {
        return bytes;
    }

    /** The digest of all that remains in the buffers, one behind the other; they are used up. */
    abstract byte[] of(ByteBuffer... parts);
}
