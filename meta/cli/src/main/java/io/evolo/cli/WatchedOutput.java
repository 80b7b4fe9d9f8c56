package io.evolo.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Remembers the first failure of a stream, which a PrintWriter would swallow. Not thread-safe. */
final class WatchedOutput extends FilterOutputStream {
    private String failure = "";

    WatchedOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        try {
            out.write(bytes, from, count);
        } catch (IOException e) {
            failure = failure.isEmpty() ? String.valueOf(e.getMessage()) : failure;
            throw e;
        }
    }

    /** What the system said; empty: all was written. */
    String failure() {
        return failure;
    }

    /** Whether who read the results has had enough, as {@code head} has. */
    boolean closedByReader() {
        return failure.contains("Broken pipe");
    }
}
