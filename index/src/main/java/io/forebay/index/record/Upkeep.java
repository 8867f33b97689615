package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CollectionState;
import java.util.concurrent.ConcurrentHashMap;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;

/**
 * What is done for postings behind the applier's back, in small steps, each one atomic write:
 * <ul>
 *   <li>metadata of the rows that an older Forebay wrote gets its postings;
 *   <li>documents get their trigrams, once there are some hundreds of them; until then filters read them all;
 *   <li>when documents were replaced as often as there are records, the trigrams are made anew;
 *   <li>when half of the postings may be garbage, all are read and written without it (a sweep).
 * </ul>
 * All work is in proportion to what was written, so it is paid for by the writes.
 *
 * <p>Threads: one at a time per collection, and never beside its applier; {@link #isDue} any.
 *
 * <p>Failure: {@link RecordStoreException}; nothing of the step is done then.
 */
final class Upkeep {
    private static final long TEXT_BYTES_PER_STEP = 1 << 20;

    /**
     * How much is done at once and what is not worth doing.
     *
     * @param rowsPerStep some milliseconds of work
     * @param textRowsMin so few documents are read for each filter instead
     * @param garbageMin  so little is left
     */
    record Tuning(int rowsPerStep, int textRowsMin, long garbageMin) {
        static final Tuning DEFAULT = new Tuning(1024, 512, 1 << 16);
    }

    private final Database db;
    private final PostingStates states;
    private volatile Tuning tuning = Tuning.DEFAULT;
    /** Where the sweep of a collection stopped; lost at a close, and then begun again. */
    private final ConcurrentHashMap<Integer, byte[]> sweeps = new ConcurrentHashMap<>();

    Upkeep(Database db, PostingStates states) {
        this.db = db;
        this.states = states;
    }

    void tuning(Tuning other) {
        tuning = other;
    }

    boolean isDue(int collection, CollectionState state) {
        PostingState postings = states.of(collection, state);
        return postings.hasGap() || state.nextRow() - postings.textRows() >= tuning.textRowsMin()
                || isTextStale(postings, state) || isSweepDue(postings, state);
    }

    private boolean isTextStale(PostingState postings, CollectionState state) {
        return postings.textGarbage() > Math.max(tuning.garbageMin(), state.live());
    }

    private boolean isSweepDue(PostingState postings, CollectionState state) {
        return postings.garbage() > Math.max(tuning.garbageMin(), state.live());
    }

    /** Does the most urgent step; false when there was none. */
    boolean step(int collection, CollectionState state) {
        PostingState postings = states.of(collection, state);
        if (postings.hasGap()) {
            closeGap(collection, postings);
        } else if (isTextStale(postings, state)) {
            dropGrams(collection, postings);
        } else if (state.nextRow() - postings.textRows() >= tuning.textRowsMin()) {
            indexDocuments(collection, state, postings);
        } else if (isSweepDue(postings, state)) {
            sweep(collection, state, postings);
        } else {
            return false;
        }
        return true;
    }

    void forget(int collection) {
        sweeps.remove(collection);
    }

    private void closeGap(int collection, PostingState postings) {
        PendingPostings pending = new PendingPostings();
        MetadataTerms terms = new MetadataTerms(new Terms(collection), pending);
        int end = Math.min(postings.gapEnd(), postings.gapFrom() + tuning.rowsPerStep());
        // Rows that are missing are dead, which the time before postings did not note.
        Terms dead = new Terms(collection);
        dead.dead();
        try (RocksSnapshot now = new RocksSnapshot();
                RecordCursor records = cursor(now, db.records, collection)) {
            RecordValue view = new RecordValue();
            boolean isThere = records.seek(postings.gapFrom());
            for (int row = postings.gapFrom(); row < end; row++) {
                if (isThere && records.row() == row) {
                    int length = records.read();
                    terms.change(null, view.wrap(records.value(), length).metadata(), row);
                    isThere = records.next();
                } else {
                    pending.add(dead, row);
                }
            }
        }
        write(collection, pending, postings.withGapFrom(end));
    }

    private void indexDocuments(int collection, CollectionState state, PostingState postings) {
        PendingPostings pending = new PendingPostings();
        Grams grams = new Grams(new Terms(collection), pending);
        int done = state.nextRow();
        long bytes = 0;
        int count = 0;
        try (RocksSnapshot now = new RocksSnapshot();
                RecordCursor documents = cursor(now, db.documents, collection)) {
            for (boolean is = documents.seek(postings.textRows()); is; is = documents.next()) {
                int row = documents.row();
                if (count == tuning.rowsPerStep() || bytes > TEXT_BYTES_PER_STEP) {
                    done = row;
                    break;
                }
                int length = documents.read();
                grams.add(documents.value(), length, row);
                bytes += length;
                count++;
            }
        }
        write(collection, pending, postings.withTextRows(done));
    }

    private void dropGrams(int collection, PostingState postings) {
        byte[] from = Sweep.gramsBegin(collection);
        byte[] to = Sweep.gramsEnd(collection);
        PostingState next = postings.withTextRows(0).withGarbage(postings.garbage(), 0);
        try (WriteBatch batch = new WriteBatch()) {
            batch.deleteRange(db.postings, from, to);
            batch.put(db.postings, stateKey(collection), next.encode());
            db.write(batch);
        } catch (RocksDBException e) {
            throw Database.failed("make a text index anew", e);
        }
        states.committed(collection, next);
    }

    private void sweep(int collection, CollectionState state, PostingState postings) {
        BatchSink sink = new BatchSink();
        byte[] stopped;
        try (RocksSnapshot now = new RocksSnapshot()) {
            stopped = new Sweep(db, now.reads, collection, state).step(sweeps.get(collection), sink);
        }
        PostingState next = stopped == null ? postings.withGarbage(0, postings.textGarbage()) : postings;
        sink.put(db.postingsId, stateKey(collection), next.encode());
        write(sink);
        states.committed(collection, next);
        if (stopped == null) {
            sweeps.remove(collection);
        } else {
            sweeps.put(collection, stopped);
        }
    }

    private void write(int collection, PendingPostings pending, PostingState next) {
        BatchSink sink = new BatchSink();
        pending.writeTo(sink, db.postingsId);
        sink.put(db.postingsId, stateKey(collection), next.encode());
        write(sink);
        states.committed(collection, next);
    }

    private void write(BatchSink sink) {
        try (WriteBatch batch = new WriteBatch(sink.toByteArray())) {
            db.write(batch);
        }
    }

    private static byte[] stateKey(int collection) {
        Terms key = new Terms(collection);
        key.state();
        return key.toByteArray();
    }

    private RecordCursor cursor(RocksSnapshot now, ColumnFamilyHandle family, int collection) {
        return new RecordCursor(db, family, collection, now.snapshot);
    }

    /** The store as it is now. */
    private final class RocksSnapshot implements AutoCloseable {
        final Snapshot snapshot = db.rocks.getSnapshot();
        final ReadOptions reads = new ReadOptions().setSnapshot(snapshot);

        @Override
        public void close() {
            reads.close();
            db.rocks.releaseSnapshot(snapshot);
            snapshot.close();
        }
    }
}
