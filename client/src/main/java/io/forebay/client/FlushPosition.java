package io.forebay.client;

import java.util.Locale;

/** How far {@link CollectionClient#flush} waits for writes to come. */
public enum FlushPosition {
    /** A sync covers them. */
    DURABLE,
    /** Every read sees them. */
    APPLIED,
    /** They are in the vector index. */
    LINKED;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
