package io.forebay.model;

/**
 * How fast something is worked off, measured while there was something to work off.
 *
 * @param recordsPerSecond 0 when nothing was measured yet
 */
public record Rate(double recordsPerSecond, double bytesPerSecond) {
    public static final Rate UNKNOWN = new Rate(0, 0);
}
