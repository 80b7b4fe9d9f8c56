package io.evolo.meta;

/**
 * What particles ran on is lost: a device or a cluster. The run can go on from its last checkpoint, elsewhere too. The message says
 * what happened and how to go on.
 */
public final class ExecutorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ExecutorException(String message) {
        super(message);
    }

    public ExecutorException(String message, Throwable cause) {
        super(message, cause);
    }
}
