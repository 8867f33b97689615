package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.DeadLetter;
import io.forebay.model.RecordBatch;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects one or more whole batches of one collection, in order of their seqIds, and commits them as one
 * atomic write together with the new position. A later batch sees what an earlier one did, before anything is
 * written.
 *
 * <p>Threads: one. Readers see nothing of it before {@link #commit}, and all of it after.
 *
 * <p>Invariants: a batch is taken entirely or not at all; one at or below the position changes nothing.
 *
 * <p>Failure: an exception of {@link #add} leaves the applier as before the call: {@link
 * RecordStoreException} and {@link IllegalStateException} are the store's fault, any other is the batch's,
 * which can be skipped. After a failed {@link #commit} nothing is visible; try again or {@link #abort}.
 */
public final class Applier {
    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

    private final RecordStore store;
    private final Database db;
    private final int collection;
    private final IdFilter filter;
    private final SeenKeys seen;
    private final Changes changes;
    private final Lookup lookup;
    private final BatchOperations operations;
    private CollectionState committed;
    private PostingState committedPostings;
    /** Of what is set aside; put into the write batch by itself, beside what the sink holds. */
    private final Map<DeadLetter, ByteBuffer> payloads = new LinkedHashMap<>();
    private PendingRecord[] records = new PendingRecord[0];

    Applier(RecordStore store, Database db, int collection, CollectionState state, PostingState postings,
            IdFilter filter, SeenKeys seen) {
        this.changes = new Changes(collection);
        this.committedPostings = postings;
        this.store = store;
        this.db = db;
        this.collection = collection;
        this.filter = filter;
        this.seen = seen;
        this.lookup = new Lookup(db, collection);
        this.operations = new BatchOperations(db, collection, changes, lookup, filter, seen);
        this.committed = state;
        changes.reset(state, postings);
        // What an earlier applier left behind was never written.
        seen.takeBack(0);
    }

    int collection() {
        return collection;
    }

    /**
     * Takes the batch, or skips it (and returns false) when its maxSeqId is not above the position: applying
     * twice changes nothing.
     *
     * @throws RuntimeException when it cannot be applied; the applier is then as before the call
     */
    public boolean add(RecordBatch batch, long minSeqId, long maxSeqId) {
        if (!isAhead(minSeqId, maxSeqId)) {
            return false;
        }
        store.enter(this);
        try {
            synchronized (filter) {
                addAll(batch, maxSeqId);
            }
        } finally {
            store.exit();
        }
        return true;
    }

    private void addAll(RecordBatch batch, long maxSeqId) {
        if (changes.isEmpty()) {
            filter.buildIfWorthwhile(committed.live());
            // Upkeep may have been there since the last commit.
            committedPostings = store.postings.of(collection, committed);
            changes.postings.reset(committedPostings);
        }
        changes.begin();
        int seenBefore = seen.mark();
        boolean taken = false;
        try {
            resolve(batch);
            for (int i = 0; i < batch.size(); i++) {
                operations.apply(batch, i, records[i]);
            }
            changes.appliedSeqId = maxSeqId;
            // An empty batch takes a seqId too, when it had to be logged for its key.
            changes.operations += Math.max(1, batch.size());
            changes.batches++;
            changes.keep();
            taken = true;
        } finally {
            changes.takeBack();
            if (!taken) {
                seen.takeBack(seenBefore);
            }
        }
    }

    /** For an entry that is to be skipped (parked, or nothing to do): only moves the position. */
    public void skip(long minSeqId, long maxSeqId, int skippedOperations) {
        if (isAhead(minSeqId, maxSeqId)) {
            changes.appliedSeqId = maxSeqId;
            changes.operations += skippedOperations;
        }
    }

    /**
     * Skips the entry and keeps it: the next commit writes the letter with the position. Does nothing for an entry that is
     * not above the position.
     *
     * @param payload a direct buffer, so that no memory of the heap is needed for it; to be left alone until the commit
     */
    public boolean park(DeadLetter letter, ByteBuffer payload) {
        if (!isAhead(letter.minSeqId(), letter.maxSeqId())) {
            return false;
        }
        DeadLetterRows.put(changes.sink, db.parkedId, letter, payload);
        payloads.put(letter, payload.duplicate());
        skip(letter.minSeqId(), letter.maxSeqId(), letter.records());
        return true;
    }

    /**
     * The next commit also removes this letter: what it held was written again, and that is applied or parked. The letter
     * may be one of the same commit.
     */
    public void settle(long minSeqId) {
        // Payloads are put behind the rows, so behind the delete.
        payloads.keySet().removeIf(letter -> letter.minSeqId() == minSeqId);
        DeadLetterRows.delete(changes.sink, db.parkedId, collection, minSeqId);
    }

    /** The next commit also writes this: the key of a batch taken or skipped since the last one; null for none. */
    public void remember(@Nullable BatchKey key) {
        if (key != null) {
            BatchKeyRows.put(changes.sink, db.keysId, key);
        }
    }

    /** Of everything since the last commit: what the vector segment must do before the next. */
    public VectorChanges vectors() {
        return changes.vectors();
    }

    /** Writes; returns the new state; the applier is empty again. */
    public CollectionState commit() {
        CollectionState state = changes.state();
        if (state.equals(committed)) {
            return committed;
        }
        store.enter(this);
        try {
            int size = changes.sink.size();
            int entries = changes.sink.entries();
            changes.sink.put(db.positionsId, Keys.collection(collection), Positions.encode(state));
            changes.postings.writeTo(changes.sink, db.postingsId);
            try (WriteBatch batch = new WriteBatch(changes.sink.toByteArray())) {
                putPayloads(batch);
                db.write(batch);
            } finally {
                changes.sink.truncate(size, entries);
            }
        } finally {
            store.exit();
        }
        committed = state;
        try {
            note(state);
        } catch (OutOfMemoryError failure) {
            // It is written all the same, so nothing more may be thrown from here.
            store.forgetCaches(collection);
            warn(failure);
        }
        return state;
    }

    private void warn(OutOfMemoryError failure) {
        try {
            LOG.warn("collection {}: what was committed is read again", collection, failure);
        } catch (OutOfMemoryError again) {
            // Not even for a line in the log.
            return;
        }
    }

    private void note(CollectionState state) {
        committedPostings = changes.postings.state();
        store.postings.committed(collection, committedPostings);
        payloads.clear();
        changes.reset(state, committedPostings);
        seen.keep();
    }

    private void putPayloads(WriteBatch batch) {
        try {
            for (Map.Entry<DeadLetter, ByteBuffer> parked : payloads.entrySet()) {
                byte[] key = DeadLetterRows.payloadKey(parked.getKey());
                batch.put(db.parked, ByteBuffer.allocateDirect(key.length).put(key).flip(),
                        parked.getValue().duplicate());
            }
        } catch (RocksDBException e) {
            throw Database.failed("set an entry aside", e);
        }
    }

    /** Forgets what was added since the last commit. */
    public void abort() {
        payloads.clear();
        changes.reset(committed, committedPostings);
        seen.takeBack(0);
    }

    /** Nothing more will be added: the store lets go of it and of its buffers. */
    public void release() {
        store.released(this);
    }

    private boolean isAhead(long minSeqId, long maxSeqId) {
        if (minSeqId > maxSeqId) {
            throw new IllegalArgumentException("seqIds " + minSeqId + " to " + maxSeqId + " are no range");
        }
        if (maxSeqId <= changes.appliedSeqId) {
            return false;
        }
        if (minSeqId <= changes.appliedSeqId) {
            throw new IllegalStateException(
                    "collection " + collection + " is at seqId " + changes.appliedSeqId
                            + ", in the middle of the batch " + minSeqId + " to " + maxSeqId);
        }
        return true;
    }

    /** Finds out, for all ids of the batch, which exist. */
    private void resolve(RecordBatch batch) {
        int size = batch.size();
        if (records.length < size) {
            records = new PendingRecord[size];
        }
        int inVain = 0;
        for (int i = 0; i < size; i++) {
            byte[] id = batch.idBytes(i);
            PendingRecord record = changes.pending.of(id, filter.hash.of(id, 0, id.length));
            records[i] = record;
            if (!record.isResolved && !filter.mayExist(record.hash)) {
                record.isResolved = true;
            } else if (!record.isResolved) {
                lookup.resolve(record);
                inVain += record.exists ? 0 : 1;
            }
        }
        filter.countInVain(inVain);
    }
}
