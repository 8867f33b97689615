package io.forebay.server.migrate;

import io.forebay.client.ForebayClient;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One side of a migration, and how it is asked.
 *
 * @param token    null for none
 * @param tls      what is trusted with TLS; null for what Java trusts by itself
 * @param patience how long a server that is away, or at a limit, is asked again
 */
public record ServerAddress(URI uri, @Nullable String token, @Nullable SSLContext tls, Duration patience) {
    private static final int RETRIES_MAX = 1_000;

    /** A client that asks again. */
    ForebayClient.Builder patient() {
        return builder().retries(RETRIES_MAX).retryTimeMax(patience).backoffAttemptsMax(RETRIES_MAX);
    }

    /** One that asks once. */
    ForebayClient impatient() {
        return builder().retries(0).backoffAttemptsMax(0).build();
    }

    private ForebayClient.Builder builder() {
        ForebayClient.Builder builder = ForebayClient.builder(uri).token(token);
        return tls == null ? builder : builder.sslContext(tls);
    }
}
