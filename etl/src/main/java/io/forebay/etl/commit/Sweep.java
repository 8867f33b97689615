package io.forebay.etl.commit;

import io.forebay.engine.Forebay;
import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Lock;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * Removes the lines of collections that are gone, then rows that no tree names: marks what the trees name ({@link RowMarks},
 * in bounded memory), and removes what is not marked. It reads all of the trees and rows, so it does that only when
 * something may have been left behind.
 *
 * <p>Threads: one sweep at a time. Drafts go on beside it ({@link RowGuard}).
 */
final class Sweep {
    private static final int STEP = 500;
    private static final long READAHEAD_BYTES = 1 << 20;

    private final ImportDatabase db;
    private final Lines lines;
    private final Forebay engine;
    private final RowGuard guard;
    private final ConcurrentHashMap<UUID, Line> open;

    Sweep(ImportDatabase db, Forebay engine, RowGuard guard, ConcurrentHashMap<UUID, Line> open) {
        this.db = db;
        this.lines = new Lines(db);
        this.engine = engine;
        this.guard = guard;
        this.open = open;
    }

    void run() {
        for (UUID collection : lines.collections()) {
            if (isGone(collection)) {
                forget(collection);
            }
        }
        byte[] unnamed = db.get(Family.COMMITS, Keys.unnamed());
        if (unnamed != null) {
            rows(unnamed);
        }
    }

    private boolean isGone(UUID collection) {
        try {
            engine.collection(collection);
            return false;
        } catch (ForebayException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
            return true;
        }
    }

    private void forget(UUID collection) {
        Line line = open.computeIfAbsent(collection, none -> new Line());
        line.lock.lock();
        try (WriteBatch batch = new WriteBatch()) {
            LiveDraft live = line.live;
            if (live != null) {
                live.over();
            }
            byte[] from = Keys.collection(collection);
            byte[] to = Keys.behind(collection);
            for (Family family : List.of(Family.COMMITS, Family.CHANGES, Family.TREES)) {
                Storage.deleteRange(batch, db, family, from, to);
            }
            lines.putUnnamed(batch);
            db.write(batch, true);
            open.remove(collection, line);
        } finally {
            line.lock.unlock();
        }
    }

    private void rows(byte[] unnamed) {
        RowMarks marks = new RowMarks(count(), ThreadLocalRandom.current().nextInt());
        Lock alone = guard.lock.writeLock();
        alone.lock();
        try {
            guard.begin(marks);
            for (Line line : open.values()) {
                LiveDraft live = line.live;
                if (live != null) {
                    live.markUnwritten(marks);
                }
            }
        } finally {
            alone.unlock();
        }
        try {
            mark(marks);
            remove(marks);
            forgetUnnamed(unnamed);
        } finally {
            alone.lock();
            guard.end();
            alone.unlock();
        }
    }

    /** What is read once and in order pushes nothing out of the cache. */
    private static ReadOptions once() {
        return new ReadOptions().setFillCache(false).setReadaheadSize(READAHEAD_BYTES);
    }

    /** About: no more rows are named than there are versions. */
    private long count() {
        long count = 0;
        try (ReadOptions reads = once(); RocksIterator at = db.iterator(Family.TREES, reads)) {
            for (at.seekToFirst(); at.isValid(); at.next()) {
                count++;
            }
            Storage.check(at);
        }
        return count;
    }

    private void mark(RowMarks marks) {
        try (ReadOptions reads = once(); RocksIterator at = db.iterator(Family.TREES, reads)) {
            for (at.seekToFirst(); at.isValid(); at.next()) {
                byte[] row = Version.decode(at.value()).row();
                if (row != null) {
                    marks.mark(row);
                }
            }
            Storage.check(at);
        }
    }

    private void remove(RowMarks marks) {
        List<byte[]> some = new ArrayList<>();
        try (ReadOptions reads = once(); RocksIterator at = db.iterator(Family.ROWS, reads)) {
            for (at.seekToFirst(); at.isValid(); at.next()) {
                byte[] row = at.key();
                if (!marks.isMarked(row)) {
                    some.add(row);
                }
                if (some.size() == STEP) {
                    remove(some, marks);
                    some.clear();
                }
            }
            Storage.check(at);
        }
        remove(some, marks);
    }

    private void remove(List<byte[]> unmarked, RowMarks marks) {
        Lock alone = guard.lock.writeLock();
        alone.lock();
        try (WriteBatch batch = new WriteBatch()) {
            for (byte[] row : unmarked) {
                // A draft may have named it since.
                if (!marks.isMarked(row)) {
                    Storage.delete(batch, db, Family.ROWS, row);
                }
            }
            db.write(batch, false);
        } finally {
            alone.unlock();
        }
    }

    /** Unless more was left behind meanwhile. */
    private void forgetUnnamed(byte[] unnamed) {
        if (Arrays.equals(unnamed, db.get(Family.COMMITS, Keys.unnamed()))) {
            try (WriteBatch batch = new WriteBatch()) {
                Storage.delete(batch, db, Family.COMMITS, Keys.unnamed());
                db.write(batch, false);
            }
        }
    }
}
