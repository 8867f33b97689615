package io.forebay.index.record;

import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/** Reads a range of a column family once, for checks: read ahead, and leaving the cache alone. */
final class FamilyWalk {
    private static final int READAHEAD_BYTES = 1 << 20;

    private FamilyWalk() {}

    /** Is shown each row. */
    interface Visitor {
        void row(byte[] key, byte[] value);
    }

    static void collection(Database db, ColumnFamilyHandle family, int collection, Visitor visitor) {
        range(db, family, Keys.collection(collection), Keys.afterCollection(collection), visitor);
    }

    /** @throws RecordStoreException when it cannot be read to its end */
    static void range(Database db, ColumnFamilyHandle family, byte[] from, byte[] to, Visitor visitor) {
        try (Slice end = new Slice(to);
                ReadOptions options = new ReadOptions().setIterateUpperBound(end).setFillCache(false)
                        .setReadaheadSize(READAHEAD_BYTES);
                RocksIterator at = db.rocks.newIterator(family, options)) {
            for (at.seek(from); at.isValid(); at.next()) {
                visitor.row(at.key(), at.value());
            }
            at.status();
        } catch (RocksDBException e) {
            throw Database.failed("read all of a family", e);
        }
    }
}
