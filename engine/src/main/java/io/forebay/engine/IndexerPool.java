package io.forebay.engine;

import io.forebay.index.vector.VectorSegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that drain the log: they <em>apply</em> (one thread at a time per collection) and <em>link</em> (several
 * may work on one collection). Applying goes first, because reading one's own writes costs only that; both work in
 * short turns, so that a collection with a huge backlog delays another by a turn per thread, not by its backlog.
 *
 * <p>While batches arrive on a full machine linking is held back ({@link LinkGovernor}), except where somebody waits for it.
 *
 * <p>Threads: {@code indexer-n}; {@code wakeApply} and {@code wakeLink} may be called by any. {@code lock} guards the
 * queues only.
 *
 * <p>Invariants: a collection is in the apply queue at most once (its lane); it has at most one link token per thread.
 * A collection without work is in no queue and costs nothing.
 *
 * <p>Failure: whatever a turn throws is reported, remembered as the collection's trouble and tried again with growing
 * delay; the thread and the other collections go on.
 */
final class IndexerPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexerPool.class);
    /** Ordinals linked in one turn: a few milliseconds, the longest that waiting apply work is held up by a thread. */
    private static final int LINK_SLICE = 16;
    private static final int LINK_SLICES_PER_TURN = 4;
    private static final long CLOSE_SECONDS_MAX = 5;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final ArrayDeque<CollectionRuntime> applyReady = new ArrayDeque<>();
    private final ArrayDeque<CollectionRuntime> linkReady = new ArrayDeque<>();
    /** Those whose link position somebody waits for: they are not held back. */
    private final ArrayDeque<CollectionRuntime> linkUrgent = new ArrayDeque<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ScheduledExecutorService timer;
    private final EngineMetrics metrics;
    private final LinkGovernor governor;
    private final int threadCount;
    private ApplyTask applier = runtime -> false;
    private ApplyTask upkeep = runtime -> false;
    private boolean closed;

    /** One turn of applying; true when there is more to do at once. */
    interface ApplyTask {
        boolean run(CollectionRuntime runtime);
    }

    IndexerPool(int threadCount, LinkGovernor governor, ScheduledExecutorService timer,
            EngineMetrics metrics) {
        this.governor = governor;
        this.threadCount = threadCount;
        this.timer = timer;
        this.metrics = metrics;
    }

    /** @param upkeepTask one turn of what {@link CollectionRuntime#isUpkeepDue} speaks of; in the lane, like applying */
    void start(ApplyTask task, ApplyTask upkeepTask) {
        applier = task;
        upkeep = upkeepTask;
        for (int i = 0; i < threadCount; i++) {
            Thread thread = EngineThreads.indexer(i, this::run);
            threads.add(thread);
            thread.start();
        }
    }

    void wakeApply(CollectionRuntime runtime) {
        if (runtime.wake()) {
            offer(applyReady, runtime);
        }
    }

    void wakeApplyLater(CollectionRuntime runtime, long delayMillis) {
        timer.schedule(() -> wakeApply(runtime), delayMillis, TimeUnit.MILLISECONDS);
    }

    /** Sees to it that threads come to link this collection, as many as the pool has; one for its upkeep. */
    void wakeLink(CollectionRuntime runtime) {
        VectorSegment segment = runtime.vectors();
        int wanted = segment != null && segment.hasLinkWork() ? threadCount : mayKeepUp(runtime) ? 1 : 0;
        while (true) {
            int tokens = runtime.linkTokens.get();
            if (tokens >= wanted) {
                return;
            }
            if (runtime.linkTokens.compareAndSet(tokens, tokens + 1)) {
                offerLink(runtime);
            }
        }
    }

    private void offerLink(CollectionRuntime runtime) {
        offer(runtime.linked.waiting() > 0 ? linkUrgent : linkReady, runtime);
    }

    private void offer(ArrayDeque<CollectionRuntime> queue, CollectionRuntime runtime) {
        lock.lock();
        try {
            queue.addLast(runtime);
            // A thread that keeps from linking must not swallow the only signal for link work.
            if (queue == applyReady) {
                work.signal();
            } else {
                work.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        long linkNotBefore = System.nanoTime();
        while (true) {
            CollectionRuntime runtime;
            boolean apply;
            lock.lock();
            try {
                while (!closed && applyReady.isEmpty() && !mayLink(linkNotBefore)) {
                    await(linkNotBefore);
                }
                if (closed) {
                    return;
                }
                apply = !applyReady.isEmpty();
                runtime = apply
                        ? applyReady.removeFirst()
                        : linkUrgent.isEmpty() ? linkReady.removeFirst() : linkUrgent.removeFirst();
            } finally {
                lock.unlock();
            }
            try {
                if (apply) {
                    applyTurn(runtime);
                } else {
                    long start = System.nanoTime();
                    linkTurn(runtime);
                    long end = System.nanoTime();
                    linkNotBefore = end + governor.pauseNanos(end - start);
                }
            } catch (Throwable failure) {
                LOG.error("{} goes on after a failure that could not be handled",
                        Thread.currentThread().getName(),
                        failure);
            }
        }
    }

    /** Under the lock: there is linking to do and this thread need not keep from it. */
    private boolean mayLink(long linkNotBefore) {
        return !linkUrgent.isEmpty() || !linkReady.isEmpty() && System.nanoTime() - linkNotBefore >= 0;
    }

    private void await(long linkNotBefore) {
        if (linkReady.isEmpty()) {
            work.awaitUninterruptibly();
            return;
        }
        try {
            work.awaitNanos(linkNotBefore - System.nanoTime());
        } catch (InterruptedException ignored) {
            // Nobody interrupts an indexer to any purpose; closing is told by the flag.
        }
    }

    private void applyTurn(CollectionRuntime runtime) {
        runtime.enterLane();
        boolean more = false;
        try {
            more = applier.run(runtime);
            if (runtime.applyTrouble.over()) {
                LOG.info("collection {} is being applied again", runtime.number);
            }
        } catch (Throwable failure) {
            retryLater(runtime, runtime.applyTrouble, "applying", failure, () -> wakeApply(runtime));
        } finally {
            if (runtime.leaveLane(more)) {
                offer(applyReady, runtime);
            }
        }
        if (runtime.linkTrouble.reason() == null) {
            wakeLink(runtime);
        }
    }

    /**
     * Runs this in the collection's lane, if nobody is in it or about to be: nothing is applied meanwhile. What comes is
     * applied behind it.
     */
    void inIdleLane(CollectionRuntime runtime, Runnable action) {
        if (runtime.enterIdleLane()) {
            try {
                action.run();
            } finally {
                if (runtime.leaveLane(false)) {
                    offer(applyReady, runtime);
                } else {
                    wakeLink(runtime);
                }
            }
        }
    }

    private void linkTurn(CollectionRuntime runtime) {
        boolean more = false;
        runtime.linkers.incrementAndGet();
        try {
            more = link(runtime);
            if (runtime.linkTrouble.over()) {
                LOG.info("collection {} is being linked again", runtime.number);
            }
        } catch (Throwable failure) {
            retryLater(runtime, runtime.linkTrouble, "linking", failure, () -> wakeLink(runtime));
        } finally {
            runtime.linkers.decrementAndGet();
            if (more) {
                offerLink(runtime);
            } else {
                runtime.linkTokens.decrementAndGet();
            }
        }
        // Work that came between the last look and giving the token back would otherwise wait for the next batch.
        if (!more && runtime.linkTrouble.reason() == null) {
            wakeLink(runtime);
        }
    }

    private boolean link(CollectionRuntime runtime) {
        if (runtime.isDropped()) {
            return false;
        }
        if (mayKeepUp(runtime)) {
            inIdleLane(runtime, () -> keepUp(runtime));
        }
        VectorSegment segment = runtime.vectors();
        if (segment == null) {
            return mayKeepUp(runtime);
        }
        for (int slice = 0; slice < LINK_SLICES_PER_TURN; slice++) {
            long start = System.nanoTime();
            int linked = segment.link(LINK_SLICE);
            if (linked == 0) {
                runtime.advanceLinked();
                return mayKeepUp(runtime);
            }
            runtime.advanceLinked();
            metrics.linked(linked, System.nanoTime() - start);
            if (applyIsWaiting()) {
                break;
            }
        }
        return true;
    }

    /** Who leaves the lane wakes the linkers again, so nobody need ask in vain meanwhile. */
    private static boolean mayKeepUp(CollectionRuntime runtime) {
        return runtime.isUpkeepDue() && !runtime.isDropped() && !runtime.isInLane();
    }

    /** Filters are slower without it and as right, so a failure stops neither linking nor applying. */
    private void keepUp(CollectionRuntime runtime) {
        try {
            upkeep.run(runtime);
        } catch (RuntimeException | Error failure) {
            // Until something is applied again.
            runtime.upkeepDue(false);
            LOG.error("the postings of collection {} ({}) were not kept up", runtime.number,
                    runtime.info().name(), failure);
        }
    }

    private boolean applyIsWaiting() {
        lock.lock();
        try {
            return closed || !applyReady.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void retryLater(CollectionRuntime runtime, Trouble trouble, String doing, Throwable failure,
            Runnable retry) {
        String reason = doing + " collection " + runtime.number + " (" + runtime.info().name() + ") fails: "
                + failure;
        long delayMillis = trouble.failed(reason, failure);
        LOG.error("{}; trying again in {} ms", reason, delayMillis, failure);
        timer.schedule(retry, delayMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS_MAX);
        for (Thread thread : threads) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadline - System.nanoTime()));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
