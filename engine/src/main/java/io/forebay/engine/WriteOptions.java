package io.forebay.engine;

import io.forebay.model.Durability;
import io.forebay.model.ForebayException;
import org.jspecify.annotations.Nullable;

/**
 * How one write is acknowledged.
 *
 * @param durability     null for the collection's own, and if it has none for the store's
 * @param idempotencyKey names the batch: the same key again, for the same collection, gets the first answer and appends
 *                       nothing. 1 to 255 visible ASCII characters; null for a batch without a name
 */
public record WriteOptions(@Nullable Durability durability, @Nullable String idempotencyKey) {
    public static final WriteOptions DEFAULT = new WriteOptions(null, null);
    private static final int KEY_LENGTH_MAX = 255;

    /** @throws ForebayException (INVALID_ARGUMENT) for a key that is none */
    public WriteOptions {
        if (idempotencyKey != null && !isKey(idempotencyKey)) {
            throw ForebayException.invalid("An idempotency key has 1 to " + KEY_LENGTH_MAX
                    + " visible ASCII characters. Got " + idempotencyKey.length());
        }
    }

    public WriteOptions(@Nullable Durability durability) {
        this(durability, null);
    }

    public static WriteOptions ofKey(String idempotencyKey) {
        return new WriteOptions(null, idempotencyKey);
    }

    private static boolean isKey(String text) {
        return !text.isEmpty() && text.length() <= KEY_LENGTH_MAX
                && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
