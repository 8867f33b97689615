package io.forebay.server.auth;

/**
 * How much a client may ask for in a second; 0 for what is said elsewhere, or not at all.
 *
 * @param bytesPerSecond of the bodies of requests
 */
public record Rates(long requestsPerSecond, long bytesPerSecond) {
    public static final Rates NONE = new Rates(0, 0);

    public Rates {
        if (requestsPerSecond < 0 || bytesPerSecond < 0) {
            throw new IllegalArgumentException("a rate is a number from 0");
        }
    }

    public boolean isUnlimited() {
        return requestsPerSecond == 0 && bytesPerSecond == 0;
    }

    /** Each of the two from there where it is not said here. */
    public Rates orElse(Rates other) {
        return new Rates(requestsPerSecond == 0 ? other.requestsPerSecond : requestsPerSecond,
                bytesPerSecond == 0 ? other.bytesPerSecond : bytesPerSecond);
    }
}
