package io.forebay.etl.commit;

import io.forebay.engine.Forebay;
import io.forebay.engine.Position;
import io.forebay.model.CollectionStatus;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.Lag;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.StoredRecord;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What the history asks the engine of one collection. Every call may wait; each throws NOT_FOUND when the collection is
 * dropped meanwhile.
 */
final class EngineSide {
    private static final long WAIT_MILLIS = 15 * 60 * 1000;
    private static final int PAGE_ROWS_MAX = 512;
    private static final int PAGE_ROWS_MIN = 16;
    private static final int PAGE_FLOATS = 1 << 19;
    private static final Set<Include> ALL = EnumSet.of(Include.DOCUMENTS, Include.METADATAS, Include.URIS,
            Include.EMBEDDINGS);
    private static final Set<Include> IDS = Set.of();

    private final Forebay engine;
    private final UUID collection;

    EngineSide(Forebay engine, UUID collection) {
        this.engine = engine;
        this.collection = collection;
    }

    long ackedSeqId() {
        return engine.status(collection).ackedSeqId();
    }

    /**
     * When it returns, whatever was acked before is safe on disk and is seen by {@link #records} and
     * {@link #page}. After a quarter of an hour it gives up, with DEADLINE_EXCEEDED.
     */
    void settle() {
        Storage.join(engine.flush(collection, Position.DURABLE, WAIT_MILLIS));
        Storage.join(engine.flush(collection, Position.APPLIED, WAIT_MILLIS));
    }

    /** Records that are read in one go: fewer where they are large. */
    int pageRows() {
        int dimension = Math.max(1, engine.collection(collection).dimension());
        return Math.clamp(PAGE_FLOATS / dimension, PAGE_ROWS_MIN, PAGE_ROWS_MAX);
    }

    List<StoredRecord> records(List<String> ids) {
        return get(new GetRequest(ids, null, null, 0, ALL));
    }

    List<StoredRecord> idsOnly(List<String> ids) {
        return get(new GetRequest(ids, null, null, 0, IDS));
    }

    /** In the order of their insertion. */
    List<StoredRecord> page(int offset, int limit) {
        return get(new GetRequest(null, null, limit, offset, ALL));
    }

    private List<StoredRecord> get(GetRequest request) {
        return Storage.join(engine.get(collection, request, ReadOptions.of(ReadLevel.INDEX_ONLY)));
    }

    /**
     * How many operations the collection has got, if they are all at or below this seqId; else -1. To be compared with what
     * it has got later.
     */
    long operationsAt(long seqId) {
        long operations = engine.status(collection).operations();
        // It is opened under the lock of appends: what was counted above is appended entirely when the next status is made.
        engine.changes(collection, null).close();
        CollectionStatus later = engine.status(collection);
        return later.ingestLag().equals(Lag.NONE) && later.appliedSeqId() <= seqId ? operations : -1;
    }

    /**
     * Up to where the line has everything when a draft ends: to the end, if since its beginning the collection got nothing
     * but what the draft's job wrote; else to where the draft began, and all since is looked at again.
     */
    long seqIdAtEnd(Draft draft) {
        CollectionStatus status = engine.status(collection);
        boolean own = draft.operations() >= 0 && status.parkedEntries() == 0
                && status.operations() - draft.operations() == draft.written();
        return own ? Math.max(draft.seqId(), status.ackedSeqId()) : draft.seqId();
    }
}
