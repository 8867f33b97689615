package io.forebay.client.dataset;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One record of a file cannot be used; the message names the file and the place, and the rest may be fine. */
public final class BadRecordException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long position;
    private final @Nullable String id;

    public BadRecordException(long position, @Nullable String id, String message) {
        super(message);
        this.position = position;
        this.id = id;
    }

    public long position() {
        return position;
    }

    /** Null when it could not be read. */
    public @Nullable String id() {
        return id;
    }
}
