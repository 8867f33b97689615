package io.forebay.index.record;

import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/**
 * Walks the rows of one collection in one column family, upwards, with one buffer: two or three native calls
 * a row and no garbage.
 *
 * <p>Not thread-safe; to be closed before the snapshot is released.
 */
final class RecordCursor implements AutoCloseable {
    private static final int READAHEAD_BYTES = 1 << 20;

    private final Slice end;
    private final ReadOptions options;
    private final RocksIterator rocks;
    private final byte[] key;
    private byte[] value = new byte[4096];

    RecordCursor(Database db, ColumnFamilyHandle family, int collection, Snapshot snapshot) {
        end = new Slice(Keys.afterCollection(collection));
        options = new ReadOptions().setSnapshot(snapshot).setIterateUpperBound(end)
                .setReadaheadSize(READAHEAD_BYTES);
        rocks = db.rocks.newIterator(family, options);
        key = Keys.row(collection, 0);
    }

    /** To this row or the first behind it; false when there is none. */
    boolean seek(int row) {
        Keys.INT_BE.set(key, Keys.PREFIX_BYTES, row);
        rocks.seek(key);
        return isValid();
    }

    boolean next() {
        rocks.next();
        return isValid();
    }

    int row() {
        rocks.key(key);
        return (int) Keys.INT_BE.get(key, Keys.PREFIX_BYTES);
    }

    /** Copies the value out; {@link #value} holds it in its first so many bytes. */
    int read() {
        int length = rocks.value(value);
        if (length > value.length) {
            value = new byte[length + length / 2];
            length = rocks.value(value);
        }
        return length;
    }

    byte[] value() {
        return value;
    }

    private boolean isValid() {
        if (rocks.isValid()) {
            return true;
        }
        try {
            rocks.status();
        } catch (RocksDBException e) {
            throw Database.failed("scan a collection", e);
        }
        return false;
    }

    @Override
    public void close() {
        rocks.close();
        options.close();
        end.close();
    }
}
