package io.forebay.client.dataset;

import java.io.IOException;
import java.nio.file.Path;

/** A file of vectors of one dimension, read one after the other. Not thread-safe. */
interface VectorRows extends AutoCloseable {
    Path file();

    long rows();

    int columns();

    /** Fills the row, whatever it holds; false at the end. */
    boolean nextUnchecked(float[] row) throws IOException;

    void skip(long rows) throws IOException;

    @Override
    void close() throws IOException;
}
