package io.forebay.engine.snapshot;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files that together are a store as a crash would have left it, under names of their own, so that the store goes on and may
 * delete its names for them.
 *
 * @param fromSeqId everything up to here is in the record segment or in the log: with the log cut behind any seqId from here
 *                  on, the files are the store as of that
 * @param toSeqId   the last one in the log
 * @param forks     seqIds at which forks were made, as far as the log goes back
 */
public record Snapshot(List<Item> items, long fromSeqId, long toSeqId, List<Long> forks) {

    /**
     * A file.
     *
     * @param path    in the store, with slashes
     * @param bytes   how much of it counts; that never changes any more
     * @param settled nobody writes to any byte of it any more
     * @param extent  what it is in the log; null when it is no extent
     */
    public record Item(String path, Path file, long bytes, boolean settled, @Nullable Extent extent) {}

    /** An extent of the log: its number, the one that it continues (-1: none) and the entries in it (0: none). */
    public record Extent(int number, int previous, long firstSeqId, long lastSeqId) {}
}
