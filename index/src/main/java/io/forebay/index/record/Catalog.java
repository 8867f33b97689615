package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CatalogEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/** The engine's few small entries and the seqId they stand for; a user key is stored behind a byte 1. */
final class Catalog {
    private static final byte[] SEQ_ID_KEY = {0};
    private static final byte[] FIRST_KEY = {1};

    private final Database db;

    Catalog(Database db) {
        this.db = db;
    }

    void write(List<CatalogEntry> entries, long seqId) {
        try (WriteBatch batch = new WriteBatch()) {
            for (CatalogEntry entry : entries) {
                byte[] key = new byte[1 + entry.key().length];
                key[0] = 1;
                System.arraycopy(entry.key(), 0, key, 1, entry.key().length);
                byte[] value = entry.value();
                if (value == null) {
                    batch.delete(db.catalog, key);
                } else {
                    batch.put(db.catalog, key, value);
                }
            }
            byte[] value = new byte[8];
            Keys.LONG_BE.set(value, 0, seqId);
            batch.put(db.catalog, SEQ_ID_KEY, value);
            db.write(batch);
        } catch (RocksDBException e) {
            throw Database.failed("write the catalog", e);
        }
    }

    long seqId() {
        try {
            byte[] value = db.rocks.get(db.catalog, SEQ_ID_KEY);
            return value == null ? 0 : (long) Keys.LONG_BE.get(value, 0);
        } catch (RocksDBException e) {
            throw Database.failed("read the catalog", e);
        }
    }

    List<CatalogEntry> read() {
        List<CatalogEntry> entries = new ArrayList<>();
        try (RocksIterator at = db.rocks.newIterator(db.catalog)) {
            for (at.seek(FIRST_KEY); at.isValid(); at.next()) {
                byte[] key = at.key();
                entries.add(new CatalogEntry(Arrays.copyOfRange(key, 1, key.length), at.value()));
            }
            at.status();
        } catch (RocksDBException e) {
            throw Database.failed("read the catalog", e);
        }
        return entries;
    }
}
