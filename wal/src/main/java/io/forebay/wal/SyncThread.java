package io.forebay.wal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: says what is durable, and only after the disk has said so.
 *
 * <p>Threads: {@link #run} is {@code wal-sync}, the only thread that syncs and closes extents. It syncs as soon as
 * somebody waits and the last sync has returned: one sync serves everybody who appended before it began. When nothing came
 * for a while it has a barrier frame written, so that the last entry has a valid successor.
 *
 * <p>Invariants: a future completes only after a sync that began after its entry was appended; {@link #durableSeqId} never
 * exceeds what was appended before that sync began.
 *
 * <p>Failure: a failed sync is final. The kernel may have dropped the dirty pages and report success the next time, so it
 * is not asked again: whoever waits or comes later gets the exception.
 */
final class SyncThread implements Runnable {

    /** The log as this thread sees it. */
    interface Source {
        /** Everything up to here has been written, to the current extent or to a full one. */
        long loggedSeqId();

        @Nullable
        ExtentWriter currentWriter();

        /** Writes a barrier frame unless entries are coming in; returns whether it did. */
        boolean tryBarrier();

        /** Makes the failure known to the appenders; the first one stays. */
        WalException fail(WalException failure);

        @Nullable
        WalException failure();
    }

    /** Somebody who waits for a sync that begins after now; {@code seqId} matters only for the order. */
    private record Waiter(long seqId, CompletableFuture<@Nullable Void> future) {}

    /** In place of a seqId: the log itself waits. */
    private static final long WITHIN = Long.MIN_VALUE;
    /** So long after the last request for a sync another one is expected. */
    private static final long ASKED_NANOS = 100_000_000;

    private final Source source;
    private final FailPoints failPoints;
    private final long idleNanos;
    private final long behindBytesMax;
    private volatile long askedNanos;
    private final ConcurrentLinkedQueue<Waiter> incoming = new ConcurrentLinkedQueue<>();
    /** Full extents that are not synced yet, in their order. */
    private final ConcurrentLinkedQueue<ExtentWriter> full = new ConcurrentLinkedQueue<>();
    /** Taken from the queue by this thread, with the current one last. */
    private final ArrayList<ExtentWriter> forcing = new ArrayList<>();
    private final PriorityQueue<Waiter> waiting = new PriorityQueue<>(
            Comparator.comparingLong(Waiter::seqId));
    private volatile @Nullable Thread thread;
    private volatile boolean parkedForTraffic;
    private volatile boolean parked;
    private volatile long appendedBytes;
    private volatile long forcedBytes;
    private volatile boolean stopping;
    /** Set before the last look at the queue. */
    private volatile boolean stopped;
    private volatile boolean unbarred;
    private volatile long lastAppendNanos;
    private volatile long durableSeqId;

    // Written by wal-sync only.
    private volatile long syncs;
    private volatile long syncNanosTotal;
    private volatile long syncNanosMax;

    SyncThread(Source source, FailPoints failPoints, WalConfig config, long durableSeqId) {
        this.source = source;
        this.failPoints = failPoints;
        this.idleNanos = config.idleMillis() * 1_000_000L;
        this.behindBytesMax = config.extentBytes();
        this.askedNanos = System.nanoTime() - ASKED_NANOS;
        this.durableSeqId = durableSeqId;
    }

    void start() {
        thread = WalThreads.start("wal-sync", this);
    }

    CompletableFuture<@Nullable Void> durable(long seqId) {
        if (seqId <= durableSeqId) {
            return CompletableFuture.completedFuture(null);
        }
        askedNanos = System.nanoTime();
        CompletableFuture<@Nullable Void> future = new CompletableFuture<>();
        incoming.add(new Waiter(seqId, future));
        LockSupport.unpark(thread);
        if (stopped) {
            // Nobody may look at the queue any more.
            future.completeExceptionally(closed());
        }
        return future;
    }

    /** A sync that covers every frame written before this call, also those that have no seqId; waits for it. */
    void syncNow() {
        CompletableFuture<@Nullable Void> future = new CompletableFuture<>();
        incoming.add(new Waiter(WITHIN, future));
        if (thread == null) {
            turn();
        } else {
            LockSupport.unpark(thread);
        }
        if (stopped) {
            future.completeExceptionally(closed()); // nobody may look at the queue any more
        }
        try {
            future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof WalException failure ? failure : e;
        }
    }

    /** This writer's extent is full. Called before the source has another current one; it is synced first, then closed. */
    void rolled(ExtentWriter writer) {
        full.add(writer);
    }

    /** Called after each append, under the appender's lock. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void appended(long bytes) {
        lastAppendNanos = System.nanoTime();
        appendedBytes += bytes;
        unbarred = true;
        if (parkedForTraffic || (parked && behind())) {
            LockSupport.unpark(thread);
        }
    }

    long durableSeqId() {
        return durableSeqId;
    }

    /**
     * Whether so much is not synced that it is time to, though nobody waits: an extent. Less would have the disk
     * compete with a burst for the memory (measured: half as fast when syncing every 32 MB), more would let a later
     * ack wait long.
     */
    private boolean behind() {
        return appendedBytes - forcedBytes >= behindBytesMax && source.failure() == null;
    }

    /** Whether somebody waits for a sync, or did a moment ago. */
    boolean isAskedFor() {
        return System.nanoTime() - askedNanos < ASKED_NANOS;
    }

    long syncs() {
        return syncs;
    }

    long syncNanosTotal() {
        return syncNanosTotal;
    }

    long syncNanosMax() {
        return syncNanosMax;
    }

    @Override
    public void run() {
        boolean more = true;
        while (more) {
            try {
                more = turn();
            } catch (RuntimeException | Error e) {
                // Not a sync: closing an old extent, or a mistake of ours. Nobody may wait for ever because of it.
                source.fail(new WalException(WalException.Reason.IO, "wal-sync failed: " + e, e));
            }
        }
    }

    /** Serves who waits now, else rests; false when it is time to end. Without {@link #start} its owner calls it. */
    boolean turn() {
        boolean stop = stopping; // read before the queue: what came before stop() is served
        drain();
        if (!waiting.isEmpty()) {
            sync();
            return true;
        }
        if (stop) {
            closeFull();
            return false;
        }
        if (behind()) {
            force();
        } else if (thread != null) {
            rest();
        }
        return true;
    }

    private void drain() {
        for (Waiter waiter = incoming.poll(); waiter != null; waiter = incoming.poll()) {
            waiting.add(waiter);
        }
    }

    /** At the end; after a failed sync they were not forced and never will be. */
    private void closeFull() {
        for (ExtentWriter writer = full.poll(); writer != null; writer = full.poll()) {
            writer.close();
        }
    }

    /** Parks until somebody waits, or until it is time for a barrier. */
    private void rest() {
        boolean idle = !unbarred || source.failure() != null;
        long due = lastAppendNanos + idleNanos - System.nanoTime();
        if (!idle && due <= 0) {
            bar();
            return;
        }
        parkedForTraffic = idle;
        parked = true;
        // Checked after the flags are set, as appended() sets its own before it looks at them: no wake-up is lost.
        if (incoming.isEmpty() && !stopping && !behind() && idle == (!unbarred || source.failure() != null)) {
            if (idle) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, due);
            }
        }
        parked = false;
        parkedForTraffic = false;
    }

    /** Sync, so that the barrier can witness it; then the barrier; then that one's sync. */
    void bar() {
        if (durableSeqId < source.loggedSeqId() && !force()) {
            return;
        }
        unbarred = false;
        if (source.tryBarrier()) {
            force();
        } else {
            unbarred = true;
            lastAppendNanos = System.nanoTime();
        }
    }

    private void sync() {
        WalException failure = source.failure();
        boolean synced = failure == null && force();
        answer(synced ? null : Objects.requireNonNull(source.failure()));
    }

    /**
     * Answers all who wait: they appended before they came into the queue, and that was emptied before the sync began.
     * What depends on an answer runs in a thread of its own: it may append again, and wait for a lock whose holder waits
     * for this thread.
     */
    private void answer(@Nullable WalException failure) {
        List<CompletableFuture<@Nullable Void>> outside = new ArrayList<>(waiting.size());
        for (Waiter waiter = waiting.poll(); waiter != null; waiter = waiting.poll()) {
            if (waiter.seqId == WITHIN) {
                complete(waiter.future, failure);
            } else {
                outside.add(waiter.future);
            }
        }
        if (thread == null) {
            outside.forEach(future -> complete(future, failure));
        } else if (!outside.isEmpty()) {
            Runnable answers = () -> outside.forEach(future -> complete(future, failure));
            try {
                WalThreads.answer(answers);
            } catch (RuntimeException | Error e) {
                answers.run(); // no thread to be had: they get their answers all the same
            }
        }
    }

    private static void complete(CompletableFuture<@Nullable Void> future, @Nullable WalException failure) {
        if (failure == null) {
            future.complete(null);
        } else {
            future.completeExceptionally(failure);
        }
    }

    /** Forces the full extents in their order, then the current one: no entry is durable before those in front of it. */
    private boolean force() {
        // This order: what loggedSeqId covers lies in the current extent or in one that was full before it became current.
        long bytes = appendedBytes;
        long covered = source.loggedSeqId();
        ExtentWriter current = source.currentWriter();
        forcing.clear();
        for (ExtentWriter writer = full.poll(); writer != null; writer = full.poll()) {
            forcing.add(writer);
        }
        int fulls = forcing.size();
        if (current != null && !forcing.contains(current)) {
            forcing.add(current);
        }
        long begin = System.nanoTime();
        try {
            failPoints.at(FailPoints.Point.BEFORE_SYNC);
            for (ExtentWriter writer : forcing) {
                writer.force();
            }
            failPoints.at(FailPoints.Point.AFTER_SYNC);
        } catch (IOException | RuntimeException | InternalError e) {
            source.fail(
                    new WalException(WalException.Reason.SYNC_FAILED, "a sync of the log failed: nothing is"
                            + " acknowledged any more, writes are refused until a restart: " + e, e));
            return false;
        } finally {
            forcing.subList(0, fulls).forEach(ExtentWriter::close);
        }
        count(System.nanoTime() - begin);
        forcedBytes = bytes;
        durableSeqId = Math.max(durableSeqId, covered);
        return true;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer, this thread
    private void count(long nanos) {
        syncs++;
        syncNanosTotal += nanos;
        syncNanosMax = Math.max(syncNanosMax, nanos);
    }

    /** Serves what came before and ends the thread. */
    void stop() {
        stopping = true;
        Thread running = thread;
        LockSupport.unpark(running);
        if (running != null) {
            WalThreads.join(running);
        }
        stopped = true;
        // Whoever slipped in behind the thread's last look at the queue.
        drain();
        answer(closed());
    }

    private WalException closed() {
        WalException failure = source.failure();
        return failure != null ? failure : new WalException(WalException.Reason.CLOSED, "the log is closed");
    }
}
