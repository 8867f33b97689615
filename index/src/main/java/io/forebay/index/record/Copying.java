package io.forebay.index.record;

import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;

/**
 * Copies a collection, as a snapshot shows it, under the number of another: whatever its column families hold, but for
 * the idempotency keys and the dead letters, which belong to the log entries of the one collection.
 *
 * <p>Threads: one; the source goes on being written.
 *
 * <p>Invariants: the position is written first, so that a copy that was not finished is found by {@link Dropping}.
 *
 * <p>Failure: what was copied so far stays; the caller drops it.
 */
final class Copying {
    private static final int BATCH_BYTES = 1 << 20;

    private final Database db;
    private final Snapshot snapshot;
    private final Runnable check;
    private final BatchSink sink = new BatchSink();

    /** @param check called before each write; what it throws ends the copy */
    Copying(Database db, Snapshot snapshot, Runnable check) {
        this.db = db;
        this.snapshot = snapshot;
        this.check = check;
    }

    void copy(int from, int to) {
        family(db.positions, from, to);
        write();
        for (ColumnFamilyHandle family : db.byCollection) {
            if (family != db.positions && family != db.keys && family != db.parked) {
                family(family, from, to);
            }
        }
        write();
    }

    private void family(ColumnFamilyHandle family, int from, int to) {
        int id = family.getID();
        try (Slice end = new Slice(Keys.afterCollection(from));
                ReadOptions options = new ReadOptions().setSnapshot(snapshot).setIterateUpperBound(end)
                        .setFillCache(false).setReadaheadSize(1 << 20);
                RocksIterator at = db.rocks.newIterator(family, options)) {
            for (at.seek(Keys.collection(from)); at.isValid(); at.next()) {
                byte[] key = at.key();
                Keys.INT_BE.set(key, 0, to);
                sink.put(id, key, at.value());
                if (sink.size() >= BATCH_BYTES) {
                    write();
                }
            }
            at.status();
        } catch (RocksDBException e) {
            throw Database.failed("copy a collection", e);
        }
    }

    private void write() {
        check.run();
        if (sink.isEmpty()) {
            return;
        }
        try (WriteBatch batch = new WriteBatch(sink.toByteArray())) {
            db.write(batch);
        }
        sink.clear();
    }
}
