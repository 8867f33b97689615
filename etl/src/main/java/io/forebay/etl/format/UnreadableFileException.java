package io.forebay.etl.format;

import java.io.IOException;

/** A file is not what it claims to be, is damaged, or exceeds a limit. The message says what, where and which limit. */
public final class UnreadableFileException extends IOException {
    private static final long serialVersionUID = 1L;

    public UnreadableFileException(String message) {
        super(message);
    }

    public UnreadableFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
