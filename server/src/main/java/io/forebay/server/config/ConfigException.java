package io.forebay.server.config;

/**
 * The configuration is wrong; the message names key, value, range and where it was said, and stands by
 * itself.
 */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
