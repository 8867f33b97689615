package io.forebay.model;

/**
 * How far a position is behind the end of the log, for one collection.
 *
 * @param seconds age of the oldest record that is not there yet; 0 when nothing is missing
 */
public record Lag(long records, long bytes, double seconds) {
    public static final Lag NONE = new Lag(0, 0, 0);
}
