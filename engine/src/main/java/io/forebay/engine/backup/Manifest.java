package io.forebay.engine.backup;

import io.forebay.engine.snapshot.Snapshot.Extent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a backup consists of. A backup is there when its manifest is.
 *
 * @param millis    how long it took
 * @param fromSeqId the store can be restored as of any seqId from here
 * @param toSeqId   to here, if no batch has seqIds on both sides of it
 * @param forks     seqIds at which forks were made
 * @param store     of which store it is; null when an older Forebay made it, or the store had no id
 * @param newBytes  copied for this backup; the rest was in the pool
 */
public record Manifest(String id, Instant created, long millis, @Nullable UUID store, long fromSeqId,
        long toSeqId, long newBytes, int newFiles, List<Long> forks, List<Entry> entries) {

    /** How an id looks: the time in UTC, and four digits by chance. */
    public static final String ID_PATTERN = "[0-9]{8}T[0-9]{6}-[0-9a-f]{4}";

    /** Oldest first, by what is in them: a clock may go back, seqIds do not. */
    static final Comparator<Manifest> ORDER = Comparator.comparingLong(Manifest::toSeqId)
            .thenComparing(Manifest::created).thenComparing(Manifest::id);

    /**
     * A file.
     *
     * @param path     in the store
     * @param pool     its name in the pool
     * @param crc32c   of the first {@code bytes} bytes
     * @param identity of the store's file when it was copied: an unchanged one has the same path, length and identity and
     *                 need not be copied again; "-" when that cannot be known
     * @param extent   what it is in the log
     */
    record Entry(String path, String pool, long bytes, int crc32c, String identity,
            @Nullable Extent extent) {

        /** The part of the identity that says which file it was, whatever was appended to it since. */
        String file() {
            return identity.substring(identity.indexOf('@') + 1);
        }
    }

    public long bytes() {
        return entries.stream().mapToLong(Entry::bytes).sum();
    }

    public int files() {
        return entries.size();
    }

    /** What it needs of the pool. */
    public List<String> poolNames() {
        return entries.stream().map(Entry::pool).distinct().toList();
    }

    /** By their numbers. */
    List<Entry> extents() {
        List<Entry> found = new ArrayList<>(
                entries.stream().filter(entry -> entry.extent() != null).toList());
        found.sort(Comparator.comparingInt(entry -> entry.extent() == null ? 0 : entry.extent().number()));
        return found;
    }
}
