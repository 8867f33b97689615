package io.forebay.index.record;

import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksDB;

/** Point reads for one applier, with buffers that are used again. Not thread-safe. */
final class Lookup {
    private final Database db;
    private final int collection;
    private final byte[] rowKey = new byte[Keys.ROW_KEY_BYTES];
    private final byte[] rowValue = new byte[4];
    private byte[] idKey = new byte[64];
    private byte[] value = new byte[1024];
    private final RecordValue view = new RecordValue();

    Lookup(Database db, int collection) {
        this.db = db;
        this.collection = collection;
        Keys.INT_BE.set(rowKey, 0, collection);
        Keys.INT_BE.set(idKey, 0, collection);
    }

    /** Whether the id exists, and its row. */
    void resolve(PendingRecord record) {
        int keyLength = Keys.PREFIX_BYTES + record.id.length;
        if (idKey.length < keyLength) {
            idKey = new byte[keyLength * 2];
            Keys.INT_BE.set(idKey, 0, collection);
        }
        System.arraycopy(record.id, 0, idKey, Keys.PREFIX_BYTES, record.id.length);
        try {
            int got = db.rocks.get(db.ids, db.reads, idKey, 0, keyLength, rowValue, 0, 4);
            record.exists = got != RocksDB.NOT_FOUND;
            record.isLoaded = false;
            record.row = (int) Keys.INT_BE.get(rowValue, 0);
            record.isResolved = true;
        } catch (RocksDBException e) {
            throw Database.failed("look up an id", e);
        }
    }

    /** The fields of a record that exists. */
    void load(PendingRecord record) {
        Keys.INT_BE.set(rowKey, Keys.PREFIX_BYTES, record.row);
        ReadOptions reads = db.reads;
        try {
            int got = db.rocks.get(db.records, reads, rowKey, 0, rowKey.length, value, 0, value.length);
            if (got > value.length) {
                value = new byte[got + got / 2];
                got = db.rocks.get(db.records, reads, rowKey, 0, rowKey.length, value, 0, value.length);
            }
            if (got == RocksDB.NOT_FOUND) {
                throw new RecordStoreException("collection " + collection + " has an id for row " + record.row
                        + " but no record in it");
            }
            record.load(view.wrap(value, got));
        } catch (RocksDBException e) {
            throw Database.failed("read a record", e);
        }
    }
}
