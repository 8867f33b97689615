package io.forebay.engine;

/**
 * How long idempotency keys are remembered.
 *
 * @param keysMax       at most so many, all collections together; the oldest go first
 * @param windowSeconds none longer than this
 */
public record IdempotencyOptions(int keysMax, long windowSeconds) {
    private static final long WINDOW_SECONDS_MAX = 365L * 24 * 60 * 60;

    public static IdempotencyOptions defaults() {
        return new IdempotencyOptions(100_000, 24L * 60 * 60);
    }

    public IdempotencyOptions {
        if (keysMax < 1) {
            throw new IllegalArgumentException("keysMax is " + keysMax + ", must be at least 1");
        }
        if (windowSeconds < 1 || windowSeconds > WINDOW_SECONDS_MAX) {
            throw new IllegalArgumentException(
                    "windowSeconds is " + windowSeconds + ", must be 1 to " + WINDOW_SECONDS_MAX);
        }
    }
}
