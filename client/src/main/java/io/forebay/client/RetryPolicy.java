package io.forebay.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * How often and when an attempt follows another. What the server asks for ({@code Retry-After}) is waited at least, and up to
 * a quarter more, so that many clients do not come back at once; without that, twice as long each time, half of it by chance.
 *
 * @param attemptsMax further attempts of one call after broken connections, timeouts and 503
 * @param timeMax     none of these begins when so much time has passed since the first
 * @param refusalsMax further attempts after 429
 * @param waitMax     the longest wait before an attempt, whatever the server asks for
 */
record RetryPolicy(int attemptsMax, Duration timeMax, int refusalsMax, Duration waitMax) {
    private static final long FIRST_WAIT_MILLIS = 100;

    boolean isOn() {
        return attemptsMax > 0;
    }

    /** In milliseconds; negative for no further attempt. */
    long waitAfterRefusal(@Nullable Duration asked, int earlier) {
        return earlier >= refusalsMax ? -1 : wait(asked, earlier);
    }

    long waitAfterBreak(@Nullable Duration asked, int earlier, long passedNanos) {
        if (earlier >= attemptsMax || passedNanos >= timeMax.toNanos()) {
            return -1;
        }
        return wait(asked, earlier);
    }

    private long wait(@Nullable Duration asked, int earlier) {
        double chance = ThreadLocalRandom.current().nextDouble();
        long most = waitMax.toMillis();
        if (asked != null) {
            long least = Math.min(most, asked.toMillis());
            return least + (long) (chance * least / 4);
        }
        long whole = Math.min(most, FIRST_WAIT_MILLIS << Math.min(earlier, 20));
        return (long) (whole * (0.5 + chance / 2));
    }
}
