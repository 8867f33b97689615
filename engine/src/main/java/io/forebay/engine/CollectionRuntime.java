package io.forebay.engine;

import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.index.vector.VectorSegment;
import io.forebay.model.CollectionInfo;
import io.forebay.model.CollectionStatus;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Lag;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One collection while the store is open: what waits for its indexer, how far it is, and its vector segment.
 *
 * <p>Threads: {@code appendLock} orders everything that enters the log for this collection (so ranges are queued in
 * seqId order, the dimension is decided in log order, and nothing follows a drop). The <em>lane</em> makes at most one
 * thread at a time apply. {@code publishLock} makes "commit the record segment and publish the vector view" one step
 * for readers, who hold it only while they take both snapshots. Everything else is volatile or atomic.
 *
 * <p>Invariants: {@code linked <= applied <= lastAppended}; {@code lastAcked <= lastAppended}; the dimension never
 * changes once it is not 0; after {@code dropped} is set nothing is appended or applied.
 */
final class CollectionRuntime {
    /** Whether a thread is, or should be, applying this collection. */
    private enum Lane {
        IDLE, QUEUED, RUNNING, RUNNING_AND_WOKEN
    }

    final int number;
    final RangeQueue ranges;
    final PositionGate applied;
    final PositionGate linked;
    final LinkMarks marks;
    final AckBrake brake;
    final ReentrantLock appendLock = new ReentrantLock();
    final ReentrantLock publishLock = new ReentrantLock();
    /** Threads inside {@code VectorSegment.link}; the segment is closed only at 0. */
    final AtomicInteger linkers = new AtomicInteger();
    /** Link tokens in the pool: how many threads may still come to link this collection. */
    final AtomicInteger linkTokens = new AtomicInteger();
    final Followers followers = new Followers();
    final DeadLetters letters = new DeadLetters();
    final Trouble applyTrouble = new Trouble();
    final Trouble linkTrouble = new Trouble();
    final Trouble loadTrouble = new Trouble();
    /** Guarded by appendLock. */
    final RecentDeletes recentDeletes = new RecentDeletes();
    final HeldVectors held = new HeldVectors();
    final DrainRate applyRate = new DrainRate();
    final DrainRate linkRate = new DrainRate();

    private final AtomicReference<Lane> lane = new AtomicReference<>(Lane.IDLE);
    /** Nobody's, until the collection is in the catalog. */
    private volatile Movements movements = new Movements();
    /** Who is in the lane: another thread takes over when it is dead. */
    private volatile @Nullable Thread laneOwner;
    private volatile CollectionInfo info;
    private volatile boolean dropped;
    private volatile long droppedSeqId;
    private volatile boolean upkeepDue;
    /** How often vectors were about to be appended, and how many of these times {@link #force} covers. */
    private final AtomicLong vectorWrites = new AtomicLong();
    private final AtomicLong vectorWritesForced = new AtomicLong();

    // Guarded by appendLock for writing.
    private volatile long lastAppended;
    private volatile long operations;
    private volatile long bytes;
    private final AtomicLong lastAcked = new AtomicLong();

    // Written by the lane.
    private volatile long appliedOperations;
    private volatile long appliedBytes;
    private volatile long liveRecords;
    /** A group that the record segment has and the vector view has not. */
    volatile @Nullable ApplyGroup unpublished;
    final ApplyPace pace = new ApplyPace();
    private volatile Map<String, Integer> metadataKeys = Map.of();

    CollectionRuntime(CollectionInfo info, CollectionState state, int rangeQueueMax) {
        this.number = info.number();
        this.info = info;
        this.ranges = new RangeQueue(rangeQueueMax);
        this.applied = new PositionGate(state.appliedSeqId());
        this.linked = new PositionGate(0);
        this.brake = new AckBrake(0);
        this.marks = new LinkMarks(new LinkMarks.Mark(0, 0, 0, 0, 0));
        this.lastAppended = state.appliedSeqId();
        this.lastAcked.set(state.appliedSeqId());
        this.operations = state.operations();
        this.appliedOperations = state.operations();
        this.liveRecords = state.live();
        // What was applied before this start may be purged from the log: its vectors stand for its bytes.
        this.bytes = 4L * info.dimension() * state.ordinals();
        this.appliedBytes = bytes;
        if (state.appliedSeqId() > 0) {
            marks.add(new LinkMarks.Mark(state.appliedSeqId(), state.ordinals(), state.operations(),
                    appliedBytes,
                    System.currentTimeMillis()));
        }
    }

    CollectionInfo info() {
        return info;
    }

    void info(CollectionInfo changed) {
        info = changed;
    }

    /** What the record segment has seen, kept here for those who must not touch it. */
    Map<String, Integer> metadataKeys() {
        return metadataKeys;
    }

    void metadataKeys(Map<String, Integer> seen) {
        metadataKeys = seen;
    }

    /** As it stands: null also while it is cold. Who needs the vectors asks {@link VectorLoading}. */
    @Nullable
    VectorSegment vectors() {
        return held.segment();
    }

    /** Whether the record segment wants {@code RecordStore.upkeep}. */
    boolean isUpkeepDue() {
        return upkeepDue;
    }

    void upkeepDue(boolean due) {
        upkeepDue = due;
    }

    boolean isDropped() {
        return dropped;
    }

    /** Where the drop is in the log. */
    long droppedSeqId() {
        return droppedSeqId;
    }

    ForebayException droppedError() {
        return ForebayException.notFound("Collection [" + info.id() + "] does not exist.");
    }

    // ---- the lane ----

    /** True when the caller must queue the collection for a thread. */
    boolean wake() {
        while (true) {
            Lane now = Objects.requireNonNull(lane.get());
            switch (now) {
                case IDLE -> {
                    if (lane.compareAndSet(now, Lane.QUEUED)) {
                        return true;
                    }
                }
                case RUNNING -> {
                    if (lane.compareAndSet(now, Lane.RUNNING_AND_WOKEN)) {
                        return false;
                    }
                }
                case QUEUED, RUNNING_AND_WOKEN -> {
                    return false;
                }
            }
        }
    }

    /** False when it is not queued any more: then there is nothing to do. */
    boolean enterLane() {
        return entered(lane.compareAndSet(Lane.QUEUED, Lane.RUNNING));
    }

    private boolean entered(boolean mine) {
        if (mine) {
            laneOwner = Thread.currentThread();
        }
        return mine;
    }

    boolean isQueued() {
        return lane.get() == Lane.QUEUED;
    }

    /** Its thread died in the lane; it is queued from now on, and the caller must put it into the queue. */
    boolean abandonedLane() {
        Thread owner = laneOwner;
        if (owner == null || owner.isAlive()) {
            return false;
        }
        laneOwner = null;
        lane.set(Lane.QUEUED);
        return true;
    }

    /** Somebody is in the lane, or will be; who leaves it wakes the linkers. */
    boolean isInLane() {
        return lane.get() != Lane.IDLE;
    }

    /** True when it was idle: then the caller must leave it. */
    boolean enterIdleLane() {
        return entered(lane.compareAndSet(Lane.IDLE, Lane.RUNNING));
    }

    /** Leaves the lane; true when the caller must queue the collection again. */
    boolean leaveLane(boolean moreToDo) {
        laneOwner = null;
        if (moreToDo) {
            lane.set(Lane.QUEUED);
            return true;
        }
        if (lane.compareAndSet(Lane.RUNNING, Lane.IDLE)) {
            return false;
        }
        lane.set(Lane.QUEUED);
        return true;
    }

    // ---- positions ----

    /** From now on, who watches is told of what moves; it has just come into being. */
    void tellMoves(Movements to) {
        movements = to;
        to.moved(this);
    }

    /** Called under appendLock. */
    void appended(Range range) {
        ranges.add(range);
        long now = System.nanoTime();
        applyRate.waiting(now);
        linkRate.waiting(now);
        operations += range.operations();
        bytes += range.bytes();
        lastAppended = range.maxSeqId();
        followers.appended(range);
        movements.moved(this);
    }

    long unappliedOperations() {
        return operations - appliedOperations;
    }

    /** When the oldest of them was appended; now, when there is none. */
    long unappliedSinceMillis() {
        Range first = ranges.peek();
        return first == null ? System.currentTimeMillis() : first.appendTimeMillis();
    }

    /** Applied or not. */
    long unlinkedOperations() {
        return operations - marks.lastReached().operations();
    }

    /** When the oldest that is applied and not linked was appended; now, when there is none. */
    long unlinkedSinceMillis() {
        LinkMarks.Mark oldest = marks.oldestWaiting();
        return oldest == null ? System.currentTimeMillis() : oldest.appendTimeMillis();
    }

    /** Log bytes of it that are not applied yet. */
    long pendingBytes() {
        return bytes - appliedBytes;
    }

    void acked(long seqId) {
        lastAcked.accumulateAndGet(seqId, Math::max);
        followers.wake();
        movements.moved(this);
    }

    long lastAppended() {
        return lastAppended;
    }

    long lastAcked() {
        return lastAcked.get();
    }

    /** Called by the lane after a group was committed and published. */
    void applied(CollectionState state, long groupBytes, long appendTimeMillis) {
        applyRate.drained(state.operations() - appliedOperations, groupBytes, () -> !ranges.isEmpty(),
                System.nanoTime());
        appliedOperations = state.operations();
        appliedBytes += groupBytes;
        liveRecords = state.live();
        // In this order: a thread that links may pass the mark as soon as it is there.
        applied.advance(state.appliedSeqId());
        marks.add(new LinkMarks.Mark(state.appliedSeqId(), state.ordinals(), state.operations(), appliedBytes,
                appendTimeMillis));
        advanceLinked();
        movements.moved(this);
    }

    /** Moves the linked position as far as the vector segment has come. */
    void advanceLinked() {
        LinkMarks.Mark reached = marks.reached(held.linked());
        linkRate.reached(reached.operations(), reached.bytes(),
                () -> marks.oldestWaiting() != null || !ranges.isEmpty(), System.nanoTime());
        long before = linked.position();
        linked.advance(reached.seqId());
        brake.advance(reached.operations());
        if (linked.position() != before) {
            movements.moved(this);
        }
    }

    /** Somebody waits until more is linked, or for an ack that is held back until then. */
    boolean isLinkAwaited() {
        return linked.waiting() > 0 || brake.held() > 0;
    }

    void markUnforced() {
        vectorWrites.incrementAndGet();
    }

    boolean isForced() {
        return vectorWritesForced.get() >= vectorWrites.get();
    }

    /** Makes what is in the vector segment durable; when it returns it is, also if another thread was at it. */
    void force() {
        long writes = vectorWrites.get();
        VectorSegment segment = vectors();
        if (vectorWritesForced.get() < writes) {
            // One that was unloaded was synced before.
            if (segment != null) {
                segment.force();
            }
            vectorWritesForced.accumulateAndGet(writes, Math::max);
        }
    }

    /**
     * Refuses everything from now on. Called under appendLock, so nothing is appended after it.
     *
     * @param seqId where the drop is in the log
     */
    void drop(long seqId) {
        droppedSeqId = seqId;
        dropped = true;
        followers.dropped();
    }

    void refuseWaiters() {
        applied.close(droppedError());
        linked.close(droppedError());
        brake.releaseAll();
        ranges.clear();
    }

    void closeGates(String reason) {
        ForebayException closed = new ForebayException(ErrorCode.UNAVAILABLE, reason);
        applied.close(closed);
        linked.close(closed);
        brake.releaseAll();
        followers.storeClosed();
    }

    /** Read from the hindmost position to the foremost, so that none appears to be ahead of the next. */
    CollectionStatus status(LongSupplier walDurableSeqId) {
        long now = System.currentTimeMillis();
        boolean unopened = held.isUnopened();
        long linkedAt = linked.position();
        long appliedAt = applied.position();
        long appliedOperationsThen = appliedOperations;
        long appliedBytesThen = appliedBytes;
        LinkMarks.Mark linkedMark = marks.lastReached();
        LinkMarks.Mark unlinked = marks.oldestWaiting();
        Range unapplied = ranges.peek();
        long end = lastAppended;
        Lag ingest = appliedAt >= end
                ? Lag.NONE
                : new Lag(operations - appliedOperationsThen, bytes - appliedBytesThen,
                        unapplied == null ? 0 : age(now, unapplied.appendTimeMillis()));
        long oldest = unlinked != null
                ? unlinked.appendTimeMillis()
                : unapplied == null ? now : unapplied.appendTimeMillis();
        Lag index = linkedAt >= end
                ? Lag.NONE
                : new Lag(operations - linkedMark.operations(), bytes - linkedMark.bytes(), age(now, oldest));
        CollectionInfo current = info;
        return new CollectionStatus(number, current.id(), current.tenant(), current.database(),
                current.name(),
                current.dimension(), liveRecords, lastAcked.get(), Math.min(end, walDurableSeqId.getAsLong()),
                appliedAt, linkedAt, operations, linkedMark.operations(), ingest, index,
                ranges.size(), letters.count(), applyRate.rate(), linkRate.rate(), unopened);
    }

    private static double age(long now, long then) {
        return Math.max(0, now - then) / 1000.0;
    }
}
