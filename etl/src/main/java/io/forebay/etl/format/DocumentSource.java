package io.forebay.etl.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads documents one after the other. One thread at a time; {@link #bytesRead} may be asked by any. */
public interface DocumentSource extends AutoCloseable {
    /**
     * Null at the end.
     *
     * @throws UnreadableFileException when nothing behind this point can be read: damaged, truncated, over a limit
     * @throws IOException             when the disk fails
     */
    @Nullable
    SourceItem next() throws IOException;

    /** Bytes of the file itself (compressed, if it is) that are behind the reader, for progress. */
    long bytesRead();

    /** How many items there are in all; -1 while that is not known. */
    long total();

    @Override
    void close() throws IOException;
}
