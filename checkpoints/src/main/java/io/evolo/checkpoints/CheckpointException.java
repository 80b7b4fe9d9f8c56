package io.evolo.checkpoints;

/** A file that cannot be used: missing, truncated, damaged, foreign or too new. The message says which file and which check. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
