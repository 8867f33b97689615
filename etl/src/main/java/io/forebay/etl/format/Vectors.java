package io.forebay.etl.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Rows of vectors without documents. */
interface Vectors extends AutoCloseable {
    int DIMENSION_MAX = 1 << 20;

    /** Null at the end. May hold what is not finite. */
    float @Nullable [] next() throws IOException;

    /** Passes rows over; how many there were. */
    long skip(long count) throws IOException;

    /** -1 while not known. */
    long total();

    long fileBytes();

    @Override
    void close() throws IOException;
}
