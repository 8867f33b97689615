package io.forebay.client.dataset;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Records in a file, one after the other, with memory for a few. Positions count them from 0, the bad ones too.
 *
 * <p>Not thread-safe.
 *
 * <p>Failure: a {@link BadRecordException} is about one record, and the next call gives the next one; any other {@link
 * IOException} is about the file, and there is no going on.
 */
public interface RecordSource extends AutoCloseable {
    /** The next record, or null at the end. */
    @Nullable
    SourceRecord next() throws IOException;

    /** Of the record that {@link #next} gives. */
    long position();

    /** Passes over so many records without looking at what is in them; over all when there are fewer. */
    void skip(long records) throws IOException;

    /** How many there are; -1 when that is not known before the end. */
    long records();

    /** Of all embeddings, as the file says; 0 when it does not. */
    int dimension();

    /** How much of the file is read, from 0 to 1; for estimates. */
    double share() throws IOException;

    @Override
    void close() throws IOException;
}
