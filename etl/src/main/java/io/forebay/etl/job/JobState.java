package io.forebay.etl.job;

/** The lower-case names are on the wire. */
public enum JobState {
    PENDING, PROCESSING, COMPLETED, FAILED, CANCELLED;

    public boolean isFinal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }
}
