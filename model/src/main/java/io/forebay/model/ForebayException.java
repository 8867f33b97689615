package io.forebay.model;

import org.jspecify.annotations.Nullable;

/**
 * An operation failed in a way that its caller is told of: a code and a message that says what, where and which limit.
 * Anything else that is thrown is a defect and answers {@link ErrorCode#INTERNAL}.
 */
public class ForebayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final @Nullable String limit;
    private final int retryAfterSeconds;

    public ForebayException(ErrorCode code, String message) {
        this(code, message, null, 0);
    }

    private ForebayException(ErrorCode code, String message, @Nullable String limit,
            int retryAfterSeconds) {
        super(message);
        this.code = code;
        this.limit = limit;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    public ForebayException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.limit = null;
        this.retryAfterSeconds = 0;
    }

    public ErrorCode code() {
        return code;
    }

    /** When it may be worth while to try again, in seconds from when it was thrown; 0 when that was not said. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** The same, made where it is thrown again, with this one as its cause: so its trace shows who called. */
    public ForebayException again() {
        ForebayException copy = new ForebayException(code, String.valueOf(getMessage()), limit,
                retryAfterSeconds);
        copy.initCause(this);
        return copy;
    }

    /** A short name of the limit that was reached, for counting; null when there is none. */
    public @Nullable String limit() {
        return limit;
    }

    /** A limit is reached: try again after so many seconds. The message names the limit and its value for people. */
    public static ForebayException backoff(@Nullable String limit, String message, int retryAfterSeconds) {
        return new ForebayException(ErrorCode.BACKOFF, message, limit, retryAfterSeconds);
    }

    public static ForebayException invalid(String message) {
        return new ForebayException(ErrorCode.INVALID_ARGUMENT, message);
    }

    public static ForebayException notFound(String message) {
        return new ForebayException(ErrorCode.NOT_FOUND, message);
    }
}
