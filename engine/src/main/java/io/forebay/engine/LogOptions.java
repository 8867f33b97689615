package io.forebay.engine;

import io.forebay.wal.WalImplementation;
import java.util.Locale;

/**
 * More about the log.
 *
 * @param implementation     what stores new files of the log; those that are there are read whatever wrote them
 * @param collectionBytesMax log bytes not yet applied of one collection: beyond it its writes answer BACKOFF, so that a slow
 *                           collection cannot take the whole of logBytesMax from the others
 */
public record LogOptions(WalImplementation implementation, long collectionBytesMax) {

    public static LogOptions defaults() {
        return new LogOptions(WalImplementation.CHRONICLE, 4L << 30);
    }

    /** By the name that the configuration knows: {@code chronicle} or {@code file}. */
    public static LogOptions of(String implementation, long collectionBytesMax) {
        return new LogOptions(WalImplementation.valueOf(implementation.toUpperCase(Locale.ROOT)),
                collectionBytesMax);
    }

    public LogOptions {
        if (collectionBytesMax < 1) {
            throw new IllegalArgumentException(
                    "collectionBytesMax is " + collectionBytesMax + ", must be at least 1");
        }
    }
}
