package io.forebay.index.record;

import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.rocksdb.Checkpoint;
import org.rocksdb.FlushOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.RocksDBException;

/**
 * Brings everything to disk in one atomic step.
 *
 * <p>RocksDB (11.8) answers an atomic flush too early when another one is under way: before what it was to cover is in the
 * manifest. So ours go one at a time, and each is repeated until RocksDB has no sealed memtable left, or what was written
 * before it is in files; the flushes that RocksDB starts by itself are as good as ours, once they are over. A log that is
 * purged behind a flush which was answered too early would be missed after a crash.
 *
 * <p>Threads: any; {@code lock} is held for the whole flush, in which the engine's flush hook runs on another thread.
 */
final class Flushing {
    private static final int TRIES_MAX = 1000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Database db;

    Flushing(Database db) {
        this.db = db;
    }

    void flush() {
        lock.lock();
        try {
            db.trouble.run("flush", this::flushWhole);
        } finally {
            lock.unlock();
        }
        db.hook.checkHealthy();
    }

    /** As a flush, and behind it, before another one of ours, what is on disk gets second names in a new directory. */
    void checkpoint(Path directory) {
        lock.lock();
        try {
            db.trouble.run("flush", this::flushWhole);
            // Flushes once more, what came meanwhile. A directory that cannot be made is no trouble of the store's.
            link(directory);
        } finally {
            lock.unlock();
        }
        db.hook.checkHealthy();
    }

    private void link(Path directory) {
        try (Checkpoint checkpoint = Checkpoint.create(db.rocks)) {
            checkpoint.createCheckpoint(directory.toString());
        } catch (RocksDBException e) {
            throw Database.failed("make a checkpoint in " + directory, e);
        }
    }

    private void flushWhole() throws RocksDBException {
        try (FlushOptions options = new FlushOptions().setWaitForFlush(true).setAllowWriteStall(true)) {
            long wanted = db.rocks.getLatestSequenceNumber();
            for (int tries = 0; tries < TRIES_MAX; tries++) {
                db.rocks.flush(options, db.all);
                if (db.rocks.getAggregatedLongProperty("rocksdb.num-immutable-mem-table") == 0
                        || flushed() >= wanted) {
                    return;
                }
            }
        }
        throw new RocksDBException("memtables are left after " + TRIES_MAX + " flushes");
    }

    /**
     * A sequence number through which everything is in files: flushes are atomic and come into the manifest in their order.
     * A compaction may forget numbers, so it may be lower than the truth.
     */
    private long flushed() {
        long most = 0;
        for (LiveFileMetaData file : db.rocks.getLiveFilesMetaData()) {
            most = Math.max(most, file.largestSeqno());
        }
        return most;
    }
}
