package io.forebay.model;

/**
 * An operation failed in a way that its caller is told of: a code and a message that says what, where and which limit.
 * Anything else that is thrown is a defect and answers {@link ErrorCode#INTERNAL}.
 */
public final class ForebayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final int retryAfterSeconds;

    public ForebayException(ErrorCode code, String message) {
        this(code, message, 0);
    }

    private ForebayException(ErrorCode code, String message, int retryAfterSeconds) {
        super(message);
        this.code = code;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    public ForebayException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.retryAfterSeconds = 0;
    }

    public ErrorCode code() {
        return code;
    }

    /** When it may be worth while to try again, in seconds from when it was thrown; 0 when that was not said. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** A limit is reached: try again after so many seconds. The message names the limit and its value. */
    public static ForebayException backoff(String message, int retryAfterSeconds) {
        return new ForebayException(ErrorCode.BACKOFF, message, retryAfterSeconds);
    }

    public static ForebayException invalid(String message) {
        return new ForebayException(ErrorCode.INVALID_ARGUMENT, message);
    }

    public static ForebayException notFound(String message) {
        return new ForebayException(ErrorCode.NOT_FOUND, message);
    }
}
