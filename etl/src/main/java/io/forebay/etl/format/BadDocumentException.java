package io.forebay.etl.format;

/** A document cannot be read; what is behind it can. The message is the reason without the place. */
final class BadDocumentException extends Exception {
    private static final long serialVersionUID = 1L;

    BadDocumentException(String message) {
        super(message, null, false, false);
    }
}
