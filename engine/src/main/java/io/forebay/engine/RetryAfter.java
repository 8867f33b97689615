package io.forebay.engine;

import io.forebay.model.ForebayException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When a refused client should come again: as soon as what is over the limit is expected to be drained, and a little later,
 * by chance, so that all who were refused in the same moment do not come back in the same moment.
 *
 * <p>Threads: any.
 */
public final class RetryAfter {
    public static final int SECONDS_MIN = 1;
    /** Nobody is sent away for longer: the rate is that of the last seconds, and may be another one soon. */
    public static final int SECONDS_MAX = 60;
    /** Where nothing was measured that could say how long. */
    public static final int SECONDS_UNKNOWN = 5;
    private static final double JITTER_MAX = 0.25;

    private RetryAfter() {}

    /**
     * @param excess        what is over the limit, in any unit
     * @param ratePerSecond how much of it goes in a second; 0 when that is not known
     */
    public static int seconds(double excess, double ratePerSecond) {
        if (!(ratePerSecond > 0)) {
            return withJitter(SECONDS_UNKNOWN);
        }
        return withJitter(excess > 0 ? excess / ratePerSecond : 0);
    }

    /** This long, and up to a quarter more; in whole seconds, and within the bounds. */
    public static int withJitter(double seconds) {
        double late = seconds * (1 + JITTER_MAX * ThreadLocalRandom.current().nextDouble());
        return (int) Math.max(SECONDS_MIN, Math.min(SECONDS_MAX, Math.ceil(late)));
    }

    static ForebayException backoff(String limit, String message, double excess, double ratePerSecond) {
        return ForebayException.backoff(limit, message + ": backoff and try again",
                seconds(excess, ratePerSecond));
    }
}
