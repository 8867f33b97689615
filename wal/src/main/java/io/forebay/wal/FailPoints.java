package io.forebay.wal;

import java.io.IOException;

/**
 * Named places at which a test can make the log fail, wait or die, and the clock that it can set. In production nothing
 * happens there.
 *
 * <p>Threads: called by the thread that does the named thing; an implementation must be thread-safe.
 */
interface FailPoints {
    FailPoints NONE = point -> {};

    /** The places. */
    enum Point {
        BEFORE_APPEND, INSIDE_FRAME, AFTER_APPEND, BEFORE_COMMIT_FRAME, BEFORE_SYNC, AFTER_SYNC, DURING_ROLL,
        CREATING_EXTENT, PURGE_MARKED, PURGE_RENAMED
    }

    /** Wall-clock time: kept in the frames for people, nothing depends on it. */
    default long currentTimeMillis() {
        return System.currentTimeMillis();
    }

    /** May throw as the operating system would. */
    void at(Point point) throws IOException;
}
