package io.forebay.model;

/**
 * An operation failed in a way that its caller is told of: a code and a message that says what, where and which limit.
 * Anything else that is thrown is a defect and answers {@link ErrorCode#INTERNAL}.
 */
public class ForebayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public ForebayException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public ForebayException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    public static ForebayException invalid(String message) {
        return new ForebayException(ErrorCode.INVALID_ARGUMENT, message);
    }

    public static ForebayException notFound(String message) {
        return new ForebayException(ErrorCode.NOT_FOUND, message);
    }
}
