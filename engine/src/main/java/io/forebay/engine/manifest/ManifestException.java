package io.forebay.engine.manifest;

/** The file {@code STORE} keeps a store from being opened; the message says what to do. */
public final class ManifestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** Made by a Forebay that is newer than this one. */
        NEWER,
        /** It is not as it was written. */
        DAMAGED,
        /** It, or what belongs to it, cannot be read or written. */
        IO
    }

    private final Reason reason;

    ManifestException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    ManifestException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
