package io.forebay.wal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The writing side of one extent: documents in, bytes on disk. What stores them is this interface's secret; the raw
 * layout (words, alignment) is that of {@link Frame}, so that everything else reads any implementation's files.
 *
 * <p>Threads: {@link #append} under the log's append lock; {@link #force} and {@link #close} by {@code wal-sync} only.
 */
interface ExtentWriter extends AutoCloseable {

    /**
     * Writes one document: frame header, then payload, then padding. The caller has made sure that it fits.
     *
     * @param forceSoon somebody waits, or waited lately, for a {@link #force}
     * @return the offset of the document's word
     */
    long append(ByteBuffer header, ByteBuffer payload, boolean forceSoon) throws IOException;

    /** End of the last document. */
    long endOffset();

    /** Whether a document with so much content fits. */
    boolean hasRoomFor(int contentBytes);

    /** Everything appended before this call survives a power loss when it returns. Never called again once it failed. */
    void force() throws IOException;

    @Override
    void close();
}
