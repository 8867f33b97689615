package io.forebay.etl.embed;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When to try again. Pauses double from half a second to half a minute, less a random part of up to a half, so that callers
 * that failed together do not come back together; a service that says when to come is not asked earlier, nor at all if that
 * is beyond the patience.
 */
final class Patience {
    /** Time, to be replaced where nobody wants to wait for it. */
    interface Clock {
        long millis();

        /** False if it ended early, because the wait is over for good. */
        boolean pause(long millis) throws InterruptedException;
    }

    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long PAUSE_MILLIS_MAX = 30_000;

    private final Clock clock;
    private final long end;
    private int failures;

    Patience(Clock clock, long millis) {
        this.clock = clock;
        this.end = clock.millis() + millis;
    }

    /** The real one; the latch ends every pause. */
    static Clock clock(CountDownLatch closed) {
        return new Clock() {
            @Override
            public long millis() {
                return System.currentTimeMillis();
            }

            @Override
            public boolean pause(long millis) throws InterruptedException {
                return !closed.await(millis, TimeUnit.MILLISECONDS);
            }
        };
    }

    int failures() {
        return failures;
    }

    /**
     * After a failure: waits, and says whether to try again.
     *
     * @param retryAfter the header of that name; null for none
     */
    boolean isThereMore(@Nullable String retryAfter) throws InterruptedException {
        long now = clock.millis();
        long doubled = FIRST_PAUSE_MILLIS << Math.min(failures, 10);
        failures++;
        long pause = Math.min(doubled, PAUSE_MILLIS_MAX);
        pause -= ThreadLocalRandom.current().nextLong(pause / 2 + 1);
        pause = Math.max(pause, millisUntil(retryAfter, now));
        return now + pause <= end && clock.pause(pause);
    }

    /** Seconds or a date; 0 for none, for what is neither, and for what is over. */
    static long millisUntil(@Nullable String retryAfter, long now) {
        if (retryAfter == null) {
            return 0;
        }
        String value = retryAfter.strip();
        try {
            if (value.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.')) {
                return (long) Math.min(Double.parseDouble(value) * 1000, Integer.MAX_VALUE);
            }
            Instant when = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return Math.clamp(when.toEpochMilli() - now, 0, Integer.MAX_VALUE);
        } catch (NumberFormatException | DateTimeException e) {
            return 0;
        }
    }
}
