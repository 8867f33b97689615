package io.forebay.index.record;

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
}
