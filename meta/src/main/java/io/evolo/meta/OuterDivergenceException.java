package io.evolo.meta;

/**
 * The meta-gradient, or what the outer optimizer made of it, is not finite. Theta is as it was, and so is the run's last checkpoint. The
 * message says what was not finite and where.
 */
public final class OuterDivergenceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OuterDivergenceException(String message) {
        super(message);
    }
}
