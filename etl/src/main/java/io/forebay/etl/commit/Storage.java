package io.forebay.etl.commit;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/** Small steps on the import database and the engine, with their failures made ForebayExceptions. */
final class Storage {
    private Storage() {}

    /** After walking: an iterator that met damage or a closed file just ends. */
    static void check(RocksIterator walked) {
        try {
            walked.status();
        } catch (RocksDBException e) {
            throw failed("read", e);
        }
    }

    static void put(WriteBatch batch, ImportDatabase db, Family family, byte[] key, byte[] value) {
        step(db.family(family), handle -> batch.put(handle, key, value));
    }

    static void delete(WriteBatch batch, ImportDatabase db, Family family, byte[] key) {
        step(db.family(family), handle -> batch.delete(handle, key));
    }

    static void deleteRange(WriteBatch batch, ImportDatabase db, Family family, byte[] from, byte[] to) {
        step(db.family(family), handle -> batch.deleteRange(handle, from, to));
    }

    private interface Step {
        void on(ColumnFamilyHandle handle) throws RocksDBException;
    }

    private static void step(ColumnFamilyHandle handle, Step step) {
        try {
            step.on(handle);
        } catch (RocksDBException e) {
            throw failed("written", e);
        }
    }

    private static ForebayException failed(String what, RocksDBException e) {
        return new ForebayException(ErrorCode.UNAVAILABLE,
                "The history cannot be " + what + ": " + e.getMessage(), e);
    }

    /** Waits; a failure comes as the engine told it. */
    static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof ForebayException told) {
                throw told.again();
            }
            throw failure;
        }
    }
}
