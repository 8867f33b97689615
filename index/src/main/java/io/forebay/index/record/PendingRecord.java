package io.forebay.index.record;

import org.jspecify.annotations.Nullable;

/**
 * What an applier knows of one id: first as it is stored, then as the operations collected so far leave it.
 * The document's text is not kept, since an operation replaces it or leaves it.
 */
final class PendingRecord {
    final byte[] id;
    final long hash;
    /** Whether it was looked up; the other fields mean something only then. */
    boolean isResolved;
    boolean exists;
    /** Whether the fields below were read; only for one that exists. */
    boolean isLoaded;
    int row;
    int ordinal;
    boolean hasDocument;
    byte @Nullable [] uri;
    byte @Nullable [] metadata;

    PendingRecord(byte[] id, long hash) {
        this.id = id;
        this.hash = hash;
    }

    PendingRecord copy() {
        PendingRecord copy = new PendingRecord(id, hash);
        copy.restore(this);
        return copy;
    }

    void restore(PendingRecord from) {
        isResolved = from.isResolved;
        exists = from.exists;
        isLoaded = from.isLoaded;
        row = from.row;
        ordinal = from.ordinal;
        hasDocument = from.hasDocument;
        uri = from.uri;
        metadata = from.metadata;
    }

    void load(RecordValue stored) {
        isLoaded = true;
        ordinal = stored.ordinal;
        hasDocument = stored.hasDocument;
        uri = stored.uri();
        metadata = stored.metadata();
    }
}
