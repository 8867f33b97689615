package io.forebay.wal;

import org.jspecify.annotations.Nullable;

/**
 * Reads entries in seqId order. A reader keeps its place: after {@code null} the next call looks again.
 *
 * <p>Threads: one thread at a time. Readers do not disturb each other or the appenders.
 *
 * <p>Failure: a frame that does not check throws {@link WalException.Reason#CORRUPT} with file and offset, again at every
 * call until the reader is moved. An extent is not deleted from under a reader that stands in it.
 */
public interface WalReader extends AutoCloseable {

    /**
     * The next read starts at the entry at this position, from {@link Appended} or {@link WalEntry}; at the oldest entry
     * kept behind it when that one is purged.
     */
    void seek(long position);

    /** The next read starts at the first entry whose maxSeqId is at least this (at the oldest one kept if later). */
    void seekSeqId(long seqId);

    /**
     * The next entry, or null at the end of what was appended. The payload is valid until the next call. A batch of
     * several frames comes as one entry.
     */
    @Nullable
    WalEntry next();

    @Override
    void close();
}
