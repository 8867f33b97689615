package io.forebay.engine;

import org.jspecify.annotations.Nullable;

/**
 * Why one kind of work on a collection does not get on, and how often in a row it did not.
 *
 * <p>Threads: any; a lost update makes a delay shorter, nothing else.
 */
final class Trouble {
    private static final long RETRY_MILLIS_MIN = 100;
    private static final long RETRY_MILLIS_MAX = 10_000;
    private static final int DOUBLINGS_MAX = 10;

    private volatile @Nullable String reason;
    private volatile int failures;

    /** Null while all is well. */
    @Nullable
    String reason() {
        return reason;
    }

    /** It failed again; returns how long to wait before the next try. */
    long failed(String why) {
        int before = failures;
        reason = why;
        failures = before + 1;
        return Math.min(RETRY_MILLIS_MAX, RETRY_MILLIS_MIN << Math.min(before, DOUBLINGS_MAX));
    }

    /** It worked; true when it had not before. */
    boolean over() {
        if (reason == null) {
            return false;
        }
        reason = null;
        failures = 0;
        return true;
    }
}
