package io.forebay.engine;

import io.forebay.model.Durability;
import org.jspecify.annotations.Nullable;

/** How one write is acknowledged; null durability means the store's own. */
public record WriteOptions(@Nullable Durability durability) {
    public static final WriteOptions DEFAULT = new WriteOptions(null);
}
