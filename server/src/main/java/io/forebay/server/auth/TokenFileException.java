package io.forebay.server.auth;

/** The file of the tokens cannot be read, written or understood; the message names it and stands by itself. */
public final class TokenFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TokenFileException(String message) {
        super(message);
    }
}
