package io.forebay.client.dataset;

import java.io.IOException;
import java.nio.file.Path;

/** A dataset is missing or damaged; the message names the file and the place in it. */
public final class DatasetException extends IOException {
    private static final long serialVersionUID = 1L;

    public DatasetException(String message) {
        super(message);
    }

    static DatasetException atOffset(Path file, long offset, String what) {
        return new DatasetException(file + " at offset " + offset + ": " + what);
    }

    static DatasetException atLine(Path file, long line, String what) {
        return new DatasetException(file + " line " + line + ": " + what);
    }
}
