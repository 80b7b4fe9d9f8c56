package io.evolo.tasks.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Files that may be gzip-ed: told apart by the first two bytes, not by the name. */
final class Gzip {
    private static final int MAGIC = 0x1F8B;

    private Gzip() {}

    /** The content of the file, unpacked where it is packed. */
    static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        try {
            in.mark(2);
            int first = in.read() << 8 | in.read();
            in.reset();
            return first == MAGIC ? new GZIPInputStream(in, 1 << 16) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }
}
