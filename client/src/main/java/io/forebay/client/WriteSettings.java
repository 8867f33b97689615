package io.forebay.client;

import io.forebay.model.Durability;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one write is to be acknowledged.
 *
 * @param durability     null for the collection's or the server's own
 * @param idempotencyKey names the write, so that it may be sent again without being done again: with the same key the
 *     server gives its first answer. 1 to 255 visible ASCII characters, for example a UUID. It goes with every attempt that this
 *     client makes by itself; null for one that the client makes, good for these attempts only
 */
public record WriteSettings(@Nullable Durability durability, @Nullable String idempotencyKey) {
    public static final WriteSettings DEFAULT = new WriteSettings(null, null);

    public WriteSettings withDurability(@Nullable Durability changed) {
        return new WriteSettings(changed, idempotencyKey);
    }

    public WriteSettings withIdempotencyKey(@Nullable String changed) {
        return new WriteSettings(durability, changed);
    }

    Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        if (durability != null) {
            headers.put(HttpCalls.DURABILITY_HEADER, durability.wireName());
        }
        if (idempotencyKey != null) {
            headers.put(HttpCalls.IDEMPOTENCY_KEY_HEADER, idempotencyKey);
        }
        return headers;
    }
}
