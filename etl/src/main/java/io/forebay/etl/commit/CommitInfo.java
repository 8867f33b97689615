package io.forebay.etl.commit;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One commit.
 *
 * @param id          SHA-256, in hexadecimal, of what identifies it: collection, parent, number, time, author, message
 * @param number      from 1, dense, in the order of the collection's line
 * @param parent      null for the first
 * @param kind        what made it
 * @param job         the job that made it; null for an implicit one
 * @param revertOf    the commit that it undoes; null for none
 * @param timeMillis  when it was finished
 * @param records     how many rows the collection has at it
 */
public record CommitInfo(String id, UUID collection, long number, @Nullable String parent, Kind kind,
        @Nullable UUID job, @Nullable String revertOf, @Nullable String message, @Nullable String author,
        long timeMillis, long inserted, long updated, long deleted, long records) {

    /** What made a commit. Lower-case names are on the wire. */
    public enum Kind {
        IMPORT,
        /** Writes through the API since the commit before. */
        IMPLICIT,
        REVERT
    }
}
