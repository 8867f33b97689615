package io.forebay.etl.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Goes through a file whose documents are pieces of UTF-8 text. What it tells is of the piece at hand. */
interface Pieces extends AutoCloseable {
    /** False at the end. */
    boolean next() throws IOException;

    byte[] buffer();

    /** Where the piece begins in the buffer. */
    int start();

    int length();

    /** As {@link SourceItem#line()}. */
    long line();

    /** How a person finds the piece: {@code line 7}. */
    String place();

    /** Why there is no piece at this place although there should be one; null if there is. */
    @Nullable
    String trouble();

    long fileBytes();

    @Override
    void close() throws IOException;
}
