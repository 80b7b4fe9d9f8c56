package io.evolo.tasks.data;

/** Data that cannot be used: a file that is missing, damaged or of another format. The message is one line for the user. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
