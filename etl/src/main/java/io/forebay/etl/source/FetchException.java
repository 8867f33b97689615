package io.forebay.etl.source;

import java.io.IOException;

/** What was to be fetched cannot be had. */
public final class FetchException extends IOException {
    private static final long serialVersionUID = 1L;

    public FetchException(String message) {
        super(message);
    }

    public FetchException(String message, Throwable cause) {
        super(message, cause);
    }
}
