package io.forebay.server.auth;

import io.forebay.model.ForebayException;
import org.jspecify.annotations.Nullable;

/**
 * Tells who asks.
 *
 * <p>Threads: any number may ask; no method waits.
 */
public interface Authentication extends AutoCloseable {
    /** Everybody may do everything. */
    Authentication OFF = new Authentication() {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public Principal identify(@Nullable String token) {
            return Principal.ANYBODY;
        }

        @Override
        public boolean isStillValid(Principal who) {
            return true;
        }

        @Override
        public void close() {}
    };

    boolean isOn();

    /**
     * @param token as it was sent; null when none was
     * @throws ForebayException UNAUTHENTICATED
     */
    Principal identify(@Nullable String token);

    /** Whether who was told apart earlier would be now: false when the token was revoked, changed or has expired. */
    boolean isStillValid(Principal who);

    @Override
    void close();
}
