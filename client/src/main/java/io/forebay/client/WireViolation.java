package io.forebay.client;

/** What came is not what the protocol says; the connection cannot be used any more. */
final class WireViolation extends Exception {
    private static final long serialVersionUID = 1L;

    WireViolation(String message) {
        super(message);
    }
}
