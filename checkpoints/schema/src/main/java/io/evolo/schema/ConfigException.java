package io.evolo.schema;


/** The user's mistake in a recipe, an option or a name. The message says what, where, got, expected; it may have several lines. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
