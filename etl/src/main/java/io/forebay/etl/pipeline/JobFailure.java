package io.forebay.etl.pipeline;

/** The whole job cannot go on. */
final class JobFailure extends Exception {
    private static final long serialVersionUID = 1L;

    JobFailure(String message) {
        super(message);
    }

    JobFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
