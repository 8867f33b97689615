package io.forebay.engine;

import io.forebay.wal.WalImplementation;
import java.util.Locale;

/**
 * More about the log.
 *
 * @param implementation     what stores new files of the log; those that are there are read whatever wrote them
 * @param collectionBytesMax log bytes not yet applied of one collection: beyond it its writes answer BACKOFF, so that a slow
 *                           collection cannot take the whole of logBytesMax from the others
 * @param retainBytes        the newest full files of the log stay, up to so many bytes, though nothing in them is needed any
 *                           more: for change feeds
 */
public record LogOptions(WalImplementation implementation, long collectionBytesMax, long retainBytes) {

    public static LogOptions defaults() {
        return new LogOptions(WalImplementation.CHRONICLE, 4L << 30, 0);
    }

    /** By the name that the configuration knows: {@code chronicle} or {@code file}. */
    public static LogOptions of(String implementation, long collectionBytesMax, long retainBytes) {
        return new LogOptions(WalImplementation.valueOf(implementation.toUpperCase(Locale.ROOT)),
                collectionBytesMax,
                retainBytes);
    }

    public LogOptions {
        if (collectionBytesMax < 1) {
            throw new IllegalArgumentException(
                    "collectionBytesMax is " + collectionBytesMax + ", must be at least 1");
        }
        if (retainBytes < 0) {
            throw new IllegalArgumentException("retainBytes is " + retainBytes + ", must be at least 0");
        }
    }
}
