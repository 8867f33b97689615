package io.forebay.engine;

import io.forebay.index.record.Applier;
import io.forebay.model.DeadLetter;
import io.forebay.index.record.RecordStore;
import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.index.record.VectorChanges;
import io.forebay.index.vector.VectorSegment;
import io.forebay.model.ForebayException;
import io.forebay.model.RecordBatch;
import io.forebay.wal.Wal;
import io.forebay.wal.WalEntry;
import io.forebay.wal.WalReader;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Applies what waits in a collection's range queue: reads entries again from the log, resolves them in the record
 * segment, copies vectors into the arena, commits both and publishes.
 *
 * <p>Threads: {@link #run} is called inside the collection's lane, so by one thread at a time per collection.
 *
 * <p>Invariants: a group is whole entries; vectors are in the arena before the RocksDB write that names their
 * ordinals; both become visible under the publishLock; a range leaves the queue only after its commit. An entry whose
 * seqIds are applied already is passed over, so applying twice changes nothing.
 *
 * <p>Failure: an entry that cannot be decoded or resolved is set aside ({@link Parking}), in the same commit as the rest of
 * its group. Anything else (disk, RocksDB, a bad frame in the log, memory) leaves everything as it was before the group and
 * is thrown, to be tried again; after an OutOfMemoryError, or what no machine does wrong, entry by entry, and one that
 * fails alone, again and again, is set aside as well ({@link ApplyPace}). What is committed and could not be published is
 * published by the next turn.
 */
final class Applying implements IndexerPool.ApplyTask {
    /** Entries below this size are copied out of the log's mapping and grouped. */
    private static final int SMALL_ENTRY_BYTES = 256 << 10;
    private static final long TURN_NANOS_MAX = 50_000_000;

    private final Wal wal;
    private final RecordStore records;
    private final EngineMetrics metrics;
    private final Backlog backlog;
    private final AtomicLong appliedBytesSinceCheckpoint;
    private final Segments segments;
    private final VectorLoading loading;
    private final Consumer<CollectionRuntime> remover;
    private final Consumer<CollectionRuntime> waker;
    /** Tests fail in it. */
    volatile Watch watch = new Watch() {
    };

    /** Told of the steps of a group, inside the lane. */
    interface Watch {
        /** About to be applied. */
        default void entry(WalEntry entry) {}

        /** The vectors are in the arena, nothing is committed. */
        default void staged() {}

        /** The record segment has the group, nothing is published. */
        default void committed() {}
    }

    Applying(Wal wal, RecordStore records, EngineMetrics metrics, Backlog backlog,
            AtomicLong appliedBytesSinceCheckpoint, Segments segments, VectorLoading loading,
            Consumer<CollectionRuntime> remover,
            Consumer<CollectionRuntime> waker) {
        this.wal = wal;
        this.records = records;
        this.metrics = metrics;
        this.backlog = backlog;
        this.appliedBytesSinceCheckpoint = appliedBytesSinceCheckpoint;
        this.segments = segments;
        this.loading = loading;
        this.remover = remover;
        this.waker = waker;
    }

    @Override
    public boolean run(CollectionRuntime runtime) {
        if (runtime.isDropped()) {
            remover.accept(runtime);
            return false;
        }
        finishLast(runtime);
        if (runtime.ranges.isEmpty()) {
            return false;
        }
        long deadline = System.nanoTime() + TURN_NANOS_MAX;
        try (WalReader reader = wal.reader()) {
            Range range = runtime.ranges.peek();
            while (range != null && isAppliable(range.ackedByOs(), range.minSeqId())) {
                if (System.nanoTime() > deadline) {
                    return true;
                }
                if (!applyGroup(runtime, range, reader)) {
                    break;
                }
                if (runtime.isDropped()) {
                    return true;
                }
                range = runtime.ranges.peek();
            }
            if (range != null) {
                // Its acks may all be given: a stretched range holds some of the page cache that must wait for the disk.
                wal.durable(range.maxSeqId()).thenRun(() -> waker.accept(runtime));
            }
        } catch (ForebayException failure) {
            if (runtime.isDropped()) {
                // Meanwhile, so its vectors are not loaded any more.
                return true;
            }
            throw failure;
        }
        return false;
    }

    /** Nothing is applied that is neither durable nor acked. */
    private boolean isAppliable(boolean ackedByOs, long seqId) {
        return ackedByOs || seqId <= wal.durableSeqId();
    }

    /** One group from the front of the range; false when nothing more of it may be applied now. */
    private boolean applyGroup(CollectionRuntime runtime, Range range, WalReader reader) {
        long start = System.nanoTime();
        ApplyGroup group = new ApplyGroup(runtime, range);
        Applier applier = records.applier(runtime.number);
        boolean committed = false;
        try {
            collect(group, applier, reader);
            if (group.entries == 0) {
                return false;
            }
            commit(group, applier);
            committed = true;
            runtime.pace.succeeded();
        } catch (RuntimeException | Error failure) {
            if (ApplyPace.mayBeTheEntrys(failure)) {
                runtime.pace.failed(group.firstSeqId, failure);
            }
            throw failure;
        } finally {
            if (!committed) {
                applier.abort();
            }
            applier.release();
        }
        metrics.applied((int) group.operations, System.nanoTime() - start);
        return true;
    }

    /** A turn of the record segment's upkeep; in the lane. */
    boolean upkeep(CollectionRuntime runtime) {
        if (runtime.isDropped()) {
            return false;
        }
        long start = System.nanoTime();
        boolean more = records.upkeep(runtime.number);
        runtime.upkeepDue(more);
        metrics.keptUp(System.nanoTime() - start);
        return more;
    }

    private void collect(ApplyGroup group, Applier applier, WalReader reader) {
        reader.seek(group.range.position());
        WalEntry entry = reader.next();
        while (entry != null && entry.minSeqId() <= group.range.maxSeqId()) {
            if (group.isOurs(entry)) {
                if (!isAppliable(group.range.ackedByOs(), entry.maxSeqId())) {
                    return;
                }
                boolean alone = entry.payload().remaining() >= SMALL_ENTRY_BYTES;
                if (alone && group.entries > 0) {
                    return;
                }
                add(group, applier, entry, alone);
                if (alone || group.isFull()) {
                    return;
                }
            }
            entry = reader.next();
        }
        if (group.entries == 0) {
            throw new IllegalStateException(
                    "the log has no entry of collection " + group.runtime.number + " in ["
                            + group.range.minSeqId() + ", " + group.range.maxSeqId() + "]");
        }
    }

    private void add(ApplyGroup group, Applier applier, WalEntry entry, boolean alone) {
        group.firstSeqId = group.entries == 0 ? entry.minSeqId() : group.firstSeqId;
        Throwable givenUp = group.runtime.pace.givenUp(entry.minSeqId());
        if (givenUp != null) {
            park(group, applier, entry, alone, givenUp);
        } else {
            try {
                watch.entry(entry);
                RecordBatch batch = RecordBatch.wrap(alone ? entry.payload() : copy(entry.payload()));
                if (applier.add(batch, entry.minSeqId(), entry.maxSeqId())) {
                    group.batches.add(batch);
                    remember(group, applier, entry);
                }
            } catch (RuntimeException poisoned) {
                if (Parking.isPassing(poisoned)) {
                    throw poisoned;
                }
                park(group, applier, entry, alone, poisoned);
            }
        }
        group.took(entry);
    }

    private static void park(ApplyGroup group, Applier applier, WalEntry entry, boolean alone,
            Throwable reason) {
        DeadLetter letter = Parking.letter(group.runtime, entry, reason);
        if (applier.park(letter, direct(entry.payload(), alone))) {
            group.parked(letter);
            remember(group, applier, entry);
        }
    }

    /** What is written with an entry, whether it is applied or set aside. */
    private static void remember(ApplyGroup group, Applier applier, WalEntry entry) {
        applier.remember(RequestKey.ofEntry(entry));
        Long settled = group.settledBy(entry.header().batchIdHash());
        if (settled != null) {
            applier.settle(settled);
            group.settled(settled);
        }
    }

    private void commit(ApplyGroup group, Applier applier) {
        CollectionRuntime runtime = group.runtime;
        VectorChanges changes = applier.vectors();
        boolean needed = changes.count() > 0 || changes.killedOrdinals().length > 0;
        VectorSegment segment = needed ? loading.forUse(runtime) : runtime.vectors();
        if (segment == null && changes.count() > 0) {
            segment = segments.create(runtime);
        }
        if (segment != null) {
            GroupVectors.stage(segment, changes, group.batches);
            segments.written(runtime);
        }
        runtime.publishLock.lock();
        try {
            watch.staged();
            group.state = applier.commit();
            runtime.unpublished = group;
            watch.committed();
            publish(group);
        } catch (RuntimeException | Error failure) {
            if (group.state == null && segment != null) {
                segment.rollback();
            }
            throw failure;
        } finally {
            runtime.publishLock.unlock();
        }
        finish(group);
    }

    /** Under the publishLock: the record segment has the group, so this must come about, if need be at a later try. */
    private void publish(ApplyGroup group) {
        CollectionRuntime runtime = group.runtime;
        VectorSegment segment = runtime.vectors();
        if (segment != null) {
            segment.publish();
        }
        runtime.metadataKeys(records.seenKeys(runtime.number));
        group.noteLetters();
        runtime.unpublished = null;
    }

    /** What a turn before committed and could not publish, for lack of memory. */
    private void finishLast(CollectionRuntime runtime) {
        ApplyGroup group = runtime.unpublished;
        if (group == null) {
            return;
        }
        runtime.publishLock.lock();
        try {
            publish(group);
        } finally {
            runtime.publishLock.unlock();
        }
        finish(group);
    }

    private void finish(ApplyGroup group) {
        CollectionRuntime runtime = group.runtime;
        CollectionState state = Objects.requireNonNull(group.state);
        runtime.ranges.consumedUpTo(group.lastSeqId, group.lastPosition, group.bytes, group.operations,
                group.lastTimeMillis);
        backlog.applied(group.operations, group.bytes);
        appliedBytesSinceCheckpoint.addAndGet(group.bytes);
        runtime.upkeepDue(records.isUpkeepDue(runtime.number, state));
        runtime.applied(state, group.bytes, group.firstTimeMillis);
    }

    private static ByteBuffer copy(ByteBuffer payload) {
        return ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
    }

    /** As a letter needs it: what stays as it is until the commit is taken as it is. */
    private static ByteBuffer direct(ByteBuffer payload, boolean stays) {
        return stays && payload.isDirect()
                ? payload
                : ByteBuffer.allocateDirect(payload.remaining()).put(payload.duplicate()).flip();
    }
}
