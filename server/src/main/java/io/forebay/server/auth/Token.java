package io.forebay.server.auth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is kept about a token.
 *
 * @param expires null for never
 */
public record Token(String id, TokenHash hash, Role role, Limits limits, Instant created,
        @Nullable Instant expires, Rates rates) {

    boolean isExpired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    Principal principal() {
        return new Principal(id, role, limits, created, rates);
    }
}
