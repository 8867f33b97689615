package io.forebay.model;

/**
 * What went wrong, as a client may act on it: an HTTP status and the error name that Chroma's clients map to their own
 * exception classes. Several codes share the name {@code ChromaError}; the status tells them apart.
 */
public enum ErrorCode {
    INVALID_ARGUMENT(400, "InvalidArgumentError"),
    UNAUTHENTICATED(401, "ChromaError"),
    PERMISSION_DENIED(403, "ChromaError"),
    NOT_FOUND(404, "NotFoundError"),
    ALREADY_EXISTS(409, "ChromaError"),
    /** It was there and is not kept any more. */
    GONE(410, "ChromaError"),
    PAYLOAD_TOO_LARGE(413, "ChromaError"),
    UNSUPPORTED_MEDIA_TYPE(415, "ChromaError"),
    /** It names a server that this one is not. */
    MISDIRECTED(421, "ChromaError"),
    UNPROCESSABLE(422, "ChromaError"),
    /** A limit on what is in flight or waiting was reached: try again after a while. */
    BACKOFF(429, "Backoff"),
    INTERNAL(500, "InternalError"),
    UNIMPLEMENTED(501, "ChromaError"),
    /** Writes or the whole store are out of order; the message says why. */
    UNAVAILABLE(503, "ChromaError"),
    DEADLINE_EXCEEDED(504, "ChromaError"),
    /** The disk's reserve is reached: writes are refused until there is space again. */
    INSUFFICIENT_STORAGE(507, "ChromaError");

    private final int httpStatus;
    private final String wireName;

    ErrorCode(int httpStatus, String wireName) {
        this.httpStatus = httpStatus;
        this.wireName = wireName;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** The {@code error} field of an error body. */
    public String wireName() {
        return wireName;
    }
}
