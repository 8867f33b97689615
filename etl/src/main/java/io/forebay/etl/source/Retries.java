package io.forebay.etl.source;

import java.io.IOException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How often and after how long something is tried again: 10 times without progress, after 0.5 s that double up to 30 s
 * with a random share off them, or later where {@code Retry-After} asks for it, up to 5 min. So a source that is down for a
 * minute or two is waited for.
 *
 * <p>Threads: one instance belongs to one fetch.
 */
final class Retries {
    static final int TRIES_MAX = 10;
    private static final long FIRST_MILLIS = 500;
    private static final long DELAY_MILLIS_MAX = 30_000;
    private static final long ASKED_MILLIS_MAX = 300_000;

    /** Waits; tests put in one that notes. */
    @FunctionalInterface
    interface Pause {
        Pause REAL = TimeUnit.MILLISECONDS::sleep;

        void millis(long millis) throws InterruptedException;
    }

    /** Another time may be better. */
    static final class PassingException extends IOException {
        private static final long serialVersionUID = 1L;
        private final long askedMillis;

        /** @param askedMillis what the source asks to wait; -1 when it does not say */
        PassingException(String message, long askedMillis) {
            super(message);
            this.askedMillis = askedMillis;
        }

        PassingException(String message, Throwable cause) {
            super(message, cause);
            this.askedMillis = -1;
        }
    }

    private final Pause pause;
    private int tries;
    private long best = -1;

    Retries(Pause pause) {
        this.pause = pause;
    }

    /**
     * Waits until the next try.
     *
     * @param position how far the fetch came: whenever that is further than ever, counting begins anew
     * @throws FetchException when it was tried often enough
     */
    void failed(PassingException why, long position) throws FetchException, InterruptedException {
        if (position > best) {
            best = position;
            tries = 0;
        }
        tries++;
        if (tries >= TRIES_MAX) {
            throw new FetchException(why.getMessage() + " (tried " + tries + " times)", why);
        }
        pause.millis(Math.max(Math.min(why.askedMillis, ASKED_MILLIS_MAX), delay(tries)));
    }

    private static long delay(int tries) {
        long whole = Math.min(DELAY_MILLIS_MAX, FIRST_MILLIS << (tries - 1));
        return whole - ThreadLocalRandom.current().nextLong(whole / 4 + 1);
    }

    /** Whether a status may be another one next time. */
    static boolean isPassing(int status) {
        return status == 408 || status == 425 || status == 429 || status == 500 || status == 502
                || status == 503 || status == 504;
    }

    /** Of a header Retry-After, seconds or a date; -1 when there is none that can be read. */
    static long askedMillis(@Nullable String retryAfter) {
        if (retryAfter == null) {
            return -1;
        }
        try {
            return Math.max(0, Math.min(Long.parseLong(retryAfter.strip()), 1_000_000) * 1000);
        } catch (NumberFormatException notSeconds) {
            try {
                ZonedDateTime at = ZonedDateTime.parse(retryAfter.strip(),
                        DateTimeFormatter.RFC_1123_DATE_TIME);
                return Math.max(0, Duration.between(ZonedDateTime.now(at.getZone()), at).toMillis());
            } catch (DateTimeParseException notDate) {
                return -1;
            }
        }
    }
}
