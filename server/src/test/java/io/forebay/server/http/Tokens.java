package io.forebay.server.http;

import io.forebay.server.auth.Limits;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenFile;
import io.forebay.server.auth.TokenStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;

/** A file of tokens, made as the command line does. */
final class Tokens {
    final TokenFile file;

    Tokens(Path directory) {
        file = new TokenFile(directory.resolve("tokens"));
    }

    String make(String id, Role role) {
        return make(id, role, Limits.NONE);
    }

    String make(String id, Role role, String tenant, String... databases) {
        return make(id, role, new Limits(Set.of(tenant), Set.of(databases)));
    }

    String make(String id, Role role, Limits limits) {
        return TokenStore.create(file, id, role, limits, Instant.now(), null);
    }

    String makeExpired(String id, Role role) {
        Instant now = Instant.now();
        return TokenStore.create(file, id, role, Limits.NONE, now.minusSeconds(60), now.minusMillis(1));
    }
}
