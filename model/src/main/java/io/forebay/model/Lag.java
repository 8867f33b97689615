package io.forebay.model;

import org.jspecify.annotations.Nullable;

/**
 * How far a position is behind the end of the log, for one collection.
 *
 * @param seconds age of the oldest record that is not there yet; 0 when nothing is missing
 */
public record Lag(long records, long bytes, double seconds) {
    public static final Lag NONE = new Lag(0, 0, 0);

    /** How long it takes to work this off; null when the rate is not known. */
    public @Nullable Double secondsAt(Rate rate) {
        if (records <= 0) {
            return 0.0;
        }
        return rate.recordsPerSecond() > 0 ? Double.valueOf(records / rate.recordsPerSecond()) : null;
    }
}
