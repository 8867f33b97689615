package io.forebay.etl.pipeline;

/** The job was told to stop, or the service closes. */
final class StoppedException extends Exception {
    private static final long serialVersionUID = 1L;

    StoppedException() {
        super("stopped", null, false, false);
    }
}
