package io.forebay.server.auth;

import java.time.Instant;

/**
 * Who asks.
 *
 * @param id    of the token; empty when nobody needs one
 * @param since when the token was made: tells it from another that later gets the same id
 * @param rates of this token; none where the server's hold
 */
public record Principal(String id, Role role, Limits limits, Instant since, Rates rates) {
    public Principal(String id, Role role, Limits limits, Instant since) {
        this(id, role, limits, since, Rates.NONE);
    }

    /** Everybody, where authentication is off. */
    public static final Principal ANYBODY = new Principal("", Role.ADMIN, Limits.NONE, Instant.EPOCH);
    /** Somebody without a token, at a route that asks for none. */
    public static final Principal STRANGER = new Principal("", Role.READ, Limits.NOTHING_ALLOWED,
            Instant.EPOCH);
}
