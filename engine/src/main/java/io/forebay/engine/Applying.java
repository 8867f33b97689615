package io.forebay.engine;

import io.forebay.index.record.Applier;
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
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
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
 * <p>Failure: an entry that cannot be decoded or resolved is parked (counted, logged with its seqIds and reason) and the
 * rest goes on. Anything else (disk, RocksDB, a bad frame in the log) leaves everything as it was before the group and is
 * thrown, to be tried again.
 */
final class Applying implements IndexerPool.ApplyTask {
    /** A group closes at this many records or bytes; one entry may be larger and is then a group of its own. */
    private static final int GROUP_RECORDS_MAX = 4096;
    private static final long GROUP_BYTES_MAX = 4L << 20;
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
    private final Parking parking;

    Applying(Wal wal, RecordStore records, EngineMetrics metrics, Backlog backlog,
            AtomicLong appliedBytesSinceCheckpoint, Segments segments, VectorLoading loading,
            Consumer<CollectionRuntime> remover,
            Consumer<CollectionRuntime> waker, Parking parking) {
        this.wal = wal;
        this.records = records;
        this.metrics = metrics;
        this.backlog = backlog;
        this.appliedBytesSinceCheckpoint = appliedBytesSinceCheckpoint;
        this.segments = segments;
        this.loading = loading;
        this.remover = remover;
        this.waker = waker;
        this.parking = parking;
    }

    @Override
    public boolean run(CollectionRuntime runtime) {
        if (runtime.isDropped()) {
            remover.accept(runtime);
            return false;
        }
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
        Group group = new Group(runtime, range);
        Applier applier = records.applier(runtime.number);
        boolean committed = false;
        try {
            collect(group, applier, reader);
            if (group.entries == 0) {
                return false;
            }
            commit(group, applier);
            committed = true;
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

    private void collect(Group group, Applier applier, WalReader reader) {
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

    private void add(Group group, Applier applier, WalEntry entry, boolean alone) {
        try {
            RecordBatch batch = RecordBatch.wrap(alone ? entry.payload() : copy(entry.payload()));
            if (applier.add(batch, entry.minSeqId(), entry.maxSeqId())) {
                group.batches.add(batch);
                applier.remember(RequestKey.ofEntry(entry));
            }
        } catch (RuntimeException poisoned) {
            if (Parking.isPassing(poisoned)) {
                throw poisoned;
            }
            parking.park(group.runtime, entry, poisoned);
            applier.skip(entry.minSeqId(), entry.maxSeqId(), entry.header().records());
            applier.remember(RequestKey.ofEntry(entry));
        }
        group.took(entry);
    }

    private void commit(Group group, Applier applier) {
        CollectionRuntime runtime = group.runtime;
        VectorChanges changes = applier.vectors();
        boolean needed = changes.count() > 0 || changes.killedOrdinals().length > 0;
        VectorSegment segment = needed ? loading.forUse(runtime) : runtime.vectors();
        if (segment == null && changes.count() > 0) {
            segment = segments.create(runtime);
        }
        if (segment != null) {
            stage(segment, changes, group.batches);
            runtime.markUnforced();
        }
        CollectionState state;
        runtime.publishLock.lock();
        try {
            state = applier.commit();
            runtime.metadataKeys(records.seenKeys(runtime.number));
            if (segment != null) {
                segment.publish();
            }
        } catch (RuntimeException failure) {
            if (segment != null) {
                segment.rollback();
            }
            throw failure;
        } finally {
            runtime.publishLock.unlock();
        }
        runtime.ranges.consumedUpTo(group.lastSeqId, group.lastPosition, group.bytes, group.operations,
                group.lastTimeMillis);
        backlog.applied(group.operations, group.bytes);
        appliedBytesSinceCheckpoint.addAndGet(group.bytes);
        runtime.upkeepDue(records.isUpkeepDue(runtime.number, state));
        runtime.applied(state, group.bytes, group.firstTimeMillis);
    }

    private static void stage(VectorSegment segment, VectorChanges changes, List<RecordBatch> batches) {
        try {
            if (changes.count() > 0) {
                int first = segment.append(vectorsOf(changes, batches), changes.rows(), changes.count());
                if (first != changes.firstOrdinal()) {
                    throw new IllegalStateException("the arena is at ordinal " + first
                            + ", the record segment at " + changes.firstOrdinal());
                }
            }
            for (int ordinal : changes.killedOrdinals()) {
                segment.kill(ordinal);
            }
        } catch (RuntimeException failure) {
            segment.rollback();
            throw failure;
        }
    }

    /** The embeddings in the order of their ordinals: the batch's own bytes when it is one batch taken whole. */
    private static ByteBuffer vectorsOf(VectorChanges changes, List<RecordBatch> batches) {
        RecordBatch first = batches.get(changes.batches()[0]);
        if (isWhole(changes, first)) {
            return first.embeddings();
        }
        int rowBytes = 4 * first.dimension();
        ByteBuffer gathered = ByteBuffer.allocateDirect(Math.multiplyExact(rowBytes, changes.count()))
                .order(ByteOrder.LITTLE_ENDIAN);
        int current = -1;
        ByteBuffer source = gathered;
        for (int i = 0; i < changes.count(); i++) {
            if (changes.batches()[i] != current) {
                current = changes.batches()[i];
                source = batches.get(current).embeddings();
            }
            gathered.put(source.slice(changes.embeddingIndexes()[i] * rowBytes, rowBytes));
        }
        return gathered.flip();
    }

    private static boolean isWhole(VectorChanges changes, RecordBatch batch) {
        if (changes.count() != batch.embeddingCount()) {
            return false;
        }
        for (int i = 0; i < changes.count(); i++) {
            if (changes.batches()[i] != changes.batches()[0] || changes.embeddingIndexes()[i] != i) {
                return false;
            }
        }
        return true;
    }

    private static ByteBuffer copy(ByteBuffer payload) {
        return ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
    }

    /** What is collected for one commit. */
    private static final class Group {
        private final CollectionRuntime runtime;
        private final Range range;
        private final int incarnation;
        private final List<RecordBatch> batches = new ArrayList<>();
        private int entries;
        private long bytes;
        private long operations;
        private long lastSeqId;
        private long lastPosition;
        private long firstTimeMillis;
        private long lastTimeMillis;

        Group(CollectionRuntime runtime, Range range) {
            this.runtime = runtime;
            this.range = range;
            this.incarnation = WritePath.incarnation(runtime.info());
        }

        boolean isOurs(WalEntry entry) {
            return entry.header().collection() == runtime.number
                    && entry.header().incarnation() == incarnation
                    && entry.minSeqId() >= range.minSeqId();
        }

        boolean isFull() {
            return operations >= GROUP_RECORDS_MAX || bytes >= GROUP_BYTES_MAX;
        }

        void took(WalEntry entry) {
            firstTimeMillis = entries == 0 ? entry.appendTimeMillis() : firstTimeMillis;
            entries++;
            bytes += entry.payload().remaining();
            operations += entry.header().records();
            lastSeqId = entry.maxSeqId();
            lastPosition = entry.position();
            lastTimeMillis = entry.appendTimeMillis();
        }
    }

}
