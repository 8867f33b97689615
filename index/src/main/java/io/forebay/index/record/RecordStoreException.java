package io.forebay.index.record;

import org.rocksdb.RocksDBException;

/**
 * The store itself cannot read or write (disk, damaged file, locked by another process): not the fault of the
 * entry being applied, which must not be parked for it.
 */
public final class RecordStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RecordStoreException(String message) {
        super(message);
    }

    RecordStoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** RocksDB found no space on the disk: it carries on by itself when there is some. */
    public boolean isDiskFull() {
        return getCause() instanceof RocksDBException rocks && WriteTrouble.isNoSpace(rocks);
    }
}
