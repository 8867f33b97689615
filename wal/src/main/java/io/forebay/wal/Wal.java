package io.forebay.wal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The write-ahead log: entries in, seqIds out, and the entries again for whoever applies them.
 *
 * <p>Threads: every method may be called by any thread.
 *
 * <p>Invariants:
 * <ol>
 *   <li>order in the log = order of seqIds; they are dense but for jumps made by {@link #reserveThrough};
 *   <li>an entry is found after a crash entirely or not at all; once {@link #durable} has completed for it, entirely;
 *   <li>a reader sees an entry as soon as its {@link #append} has returned, never a part of it, never unchecked bytes;
 *   <li>a file that an earlier process wrote is never written again.
 * </ol>
 *
 * <p>Failure: a failed sync or write is final: {@link #failure} says why, all waiting and later {@link #durable} futures
 * fail, every later append is refused; reading goes on. A disk below its reserve is not final: appends are refused with
 * {@link WalException.Reason#DISK_FULL} until there is room again.
 */
public interface Wal extends AutoCloseable {

    /** Opens or creates the log in this directory: takes its lock, recovers, starts a new extent. */
    static Wal open(Path directory, WalConfig config) {
        return ExtentWal.open(directory, config, FailPoints.NONE);
    }

    /**
     * Assigns {@code [min, max]} ({@code header.records()} seqIds), writes the entry and fills in the answer. The payload
     * is what lies between the buffer's position and limit; the buffer is as before when the call returns, and not used
     * after it. A large direct buffer is copied once, into the page cache; one on the heap passes through a small direct
     * one. Allocates nothing but when the log goes on to its next extent.
     *
     * @throws WalException when nothing was written, or when a write failed and the log takes no more
     */
    void append(EntryHeader header, ByteBuffer payload, Appended appended);

    /** As the other, with a new answer. */
    default Appended append(EntryHeader header, ByteBuffer payload) {
        Appended appended = new Appended();
        append(header, payload, appended);
        return appended;
    }

    /** As {@link #append}, but also while the disk is below its reserve: for what gives space back (drops, marks). */
    Appended appendUrgent(EntryHeader header, ByteBuffer payload);

    /**
     * Completes when a sync that covers the seqId has returned; fails with a {@link WalException} when that sync failed.
     * Never waits for a timer. Actions that depend on it run in a virtual thread, shared by all whom one sync served:
     * they may append, but one that blocks delays the others.
     */
    CompletableFuture<Void> durable(long seqId);

    /**
     * Waits until everything appended before the call is durable. Unlike a {@link #durable} future it is answered by the
     * syncing thread itself, whatever those do who depend on other answers.
     *
     * @throws WalException when the sync failed, now or before
     */
    void sync();

    /** The last seqId appended or reserved; 0 when there is none. The first one is 1. */
    long lastSeqId();

    /** Everything up to this seqId survives a power loss. */
    long durableSeqId();

    /** Raises the next seqId above this one; does nothing when it is there already. Meant for each start, once. */
    void reserveThrough(long seqId);

    /** A reader of its own: one thread at a time; close when done. It starts at the oldest entry kept. */
    WalReader reader();

    /**
     * Deletes each closed extent all of whose entries are covered: for every collection number in it, its highest seqId
     * there is at most {@code checkpointSeqIdOf(collection)} (a dropped collection: {@code Long.MAX_VALUE}).
     *
     * @return the number of extents deleted
     */
    int purge(IntToLongFunction checkpointSeqIdOf);

    /**
     * Who would keep a purge with these checkpoints from deleting full extents; by the bytes they keep, most first. The
     * extent being written counts for nobody.
     */
    List<WalPin> pins(IntToLongFunction checkpointSeqIdOf);

    /** What the log consists of, the oldest extent first, and who keeps each, with these checkpoints, from being purged. */
    List<WalExtent> extents(IntToLongFunction checkpointSeqIdOf);

    /**
     * The highest seqId of this collection that may be purged; 0 when none is. Whatever the collection has above it can be
     * read. Exact for purges since the log was opened; for earlier ones the last seqId before which anything is missing.
     */
    long purgedThrough(int collection);

    /**
     * What a copy of the log needs, the oldest first: everything that was appended before the call, and synced. The files
     * stay as long as nothing is purged.
     *
     * @throws WalException when the sync failed
     */
    List<WalPiece> pieces();

    /** Marks of extents that were purged between kept ones; they belong to a copy too. */
    List<Path> purgedMarks();

    WalStats stats();

    /** What was found when this log was opened. */
    RecoveryReport recovery();

    /** Why writes are refused just now though the log is healthy: the disk is below its reserve; else null. */
    @Nullable
    WalException diskFull();

    /** How near that is. */
    DiskSpace diskSpace();

    /** Null while healthy, else why writes are refused for good. */
    @Nullable
    WalException failure();

    /** Syncs, stops the threads and releases the lock. Does nothing the second time. */
    @Override
    void close();
}
