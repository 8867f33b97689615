package io.forebay.engine;

import org.jspecify.annotations.Nullable;

/**
 * Why one kind of work on a collection does not get on, since when, and how often in a row it did not.
 *
 * <p>Threads: any; a lost update makes a delay shorter, nothing else. A delay counts only when its end is sure to come
 * ({@link #retryAt}).
 */
final class Trouble {
    private static final long RETRY_MILLIS_MIN = 100;
    private static final long RETRY_MILLIS_MAX = 10_000;
    private static final int DOUBLINGS_MAX = 10;

    /** One failure of a row of them. */
    private record State(String reason, @Nullable Throwable failure, int failures, long sinceNanos) {}

    private volatile @Nullable State state;
    private volatile boolean waits;
    private volatile long retryNanos;

    /** Null while all is well. */
    @Nullable
    String reason() {
        State now = state;
        return now == null ? null : now.reason;
    }

    /** What was thrown last; null while all is well. */
    @Nullable
    Throwable failure() {
        State now = state;
        return now == null ? null : now.failure;
    }

    /** Whether it has failed for at least so long, without having worked in between. */
    boolean lasts(long nanos) {
        State now = state;
        return now != null && System.nanoTime() - now.sinceNanos >= nanos;
    }

    /** It failed again; returns how long to wait before the next try. */
    long failed(String why) {
        return failed(why, null);
    }

    long failed(String why, @Nullable Throwable failure) {
        State before = state;
        int failures = before == null ? 0 : before.failures;
        waits = false;
        state = new State(why, failure, failures + 1, before == null ? System.nanoTime() : before.sinceNanos);
        return Math.min(RETRY_MILLIS_MAX, RETRY_MILLIS_MIN << Math.min(failures, DOUBLINGS_MAX));
    }

    /** Somebody will try again then, a time of System.nanoTime; before that nobody need. */
    void retryAt(long nanos) {
        retryNanos = nanos;
        waits = true;
    }

    /** It failed, and the next try is to come by itself. */
    boolean isWaiting() {
        return waits && System.nanoTime() - retryNanos < 0;
    }

    /** It worked; true when it had not before. */
    boolean over() {
        waits = false;
        if (state == null) {
            return false;
        }
        state = null;
        return true;
    }
}
