package io.forebay.index.record;

import java.util.function.Consumer;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * The column family {@code keys}: one row per batch that came with a client's key, written in the same write batch as
 * what the batch did. The row's key is the batch's seqId, not the client's key: so those too old to be remembered are
 * one range per collection, and a key that is used again after it was forgotten has a row of its own.
 *
 * <p>Big-endian; part of the format.
 * <pre>
 *   key     collection:4 | maxSeqId:8
 *   value   version:1 = 1 | keyHash:8 | minSeqId:8 | records:4 | fingerprint:4 | appendTimeMillis:8
 * </pre>
 */
final class BatchKeyRows {
    private static final byte VERSION = 1;
    private static final int KEY_BYTES = 12;
    private static final int VALUE_BYTES = 33;

    private BatchKeyRows() {}

    static void put(BatchSink sink, int family, BatchKey key) {
        sink.put(family, key(key.collection(), key.maxSeqId()), encode(key));
    }

    /** Of all collections, each in order of its seqIds. */
    static void read(Database db, Consumer<BatchKey> each) {
        try (RocksIterator at = db.rocks.newIterator(db.keys)) {
            for (at.seekToFirst(); at.isValid(); at.next()) {
                each.accept(decode(at.key(), at.value()));
            }
            at.status();
        } catch (RocksDBException e) {
            throw Database.failed("read the batch keys", e);
        }
    }

    /** Deletes those of the collection up to this seqId. */
    static void forget(Database db, int collection, long throughSeqId) {
        ColumnFamilyHandle family = db.keys;
        try (WriteBatch batch = new WriteBatch()) {
            batch.deleteRange(family, Keys.collection(collection), key(collection, throughSeqId + 1));
            db.write(batch);
        } catch (RocksDBException e) {
            throw Database.failed("delete batch keys", e);
        }
    }

    private static byte[] key(int collection, long maxSeqId) {
        byte[] key = new byte[KEY_BYTES];
        Keys.INT_BE.set(key, 0, collection);
        Keys.LONG_BE.set(key, 4, maxSeqId);
        return key;
    }

    private static byte[] encode(BatchKey key) {
        byte[] value = new byte[VALUE_BYTES];
        value[0] = VERSION;
        Keys.LONG_BE.set(value, 1, key.keyHash());
        Keys.LONG_BE.set(value, 9, key.minSeqId());
        Keys.INT_BE.set(value, 17, key.records());
        Keys.INT_BE.set(value, 21, key.fingerprint());
        Keys.LONG_BE.set(value, 25, key.appendTimeMillis());
        return value;
    }

    static BatchKey decode(byte[] key, byte[] value) {
        if (key.length != KEY_BYTES || value.length != VALUE_BYTES || value[0] != VERSION) {
            throw new RecordStoreException("the row of a batch key has " + key.length + " + " + value.length
                    + " bytes and version " + (value.length == 0 ? "none" : value[0]) + "; expected "
                    + KEY_BYTES
                    + " + " + VALUE_BYTES + " and " + VERSION);
        }
        return new BatchKey((int) Keys.INT_BE.get(key, 0), (long) Keys.LONG_BE.get(value, 1),
                (long) Keys.LONG_BE.get(value, 9), (long) Keys.LONG_BE.get(key, 4),
                (int) Keys.INT_BE.get(value, 17),
                (int) Keys.INT_BE.get(value, 21), (long) Keys.LONG_BE.get(value, 25));
    }
}
