package io.forebay.bench.wal;

import java.util.List;
import java.util.Set;

/**
 * What is measured and how much of it.
 *
 * @param parts          which parts
 * @param logs           which implementations of the log
 * @param rounds         repetitions that count
 * @param warmUp         whether one that does not count goes before them, as round 0
 * @param extentBytes    size of an extent of the log, and of a raw file
 * @param sustainedBytes payload of one run of {@code os sustained}
 * @param smallBatches   batches of 8 KB of one run
 * @param readBytes      payload of the log that is read and recovered
 */
public record WalSettings(Set<Part> parts, List<LogKind> logs, int rounds, boolean warmUp, long extentBytes,
        long sustainedBytes, int smallBatches, long readBytes) {

    int firstRound() {
        return warmUp ? 0 : 1;
    }

    /**
     * What fits behind {@link #aheadBytes} into the extent in use, with room for the pages and words of the log itself: so
     * nothing is rolled and nothing is made while the clock runs.
     */
    long burstBytes() {
        return extentBytes / 16 * 11;
    }

    /** So much makes the log ask for its next extent; it is written, and the extent awaited, before the clock starts. */
    long aheadBytes() {
        return extentBytes / 4 + 1;
    }
}
