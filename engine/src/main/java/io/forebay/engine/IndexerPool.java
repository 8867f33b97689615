package io.forebay.engine;

import io.forebay.index.vector.VectorSegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that drain the log: they <em>apply</em> (one thread at a time per collection) and <em>link</em> (several
 * may work on one collection). Both work in short turns, and {@link IndexerQueues} says whose turn is next, so that a
 * collection with a huge backlog delays another by some turns, not by its backlog.
 *
 * <p>While batches arrive on a full machine linking is held back ({@link LinkGovernor}), except where somebody waits for it.
 *
 * <p>Threads: {@code indexer-n}; {@code wakeApply} and {@code wakeLink} may be called by any; {@code supervise} by one at a
 * time.
 *
 * <p>Invariants: a collection is in the apply queue at most once (its lane); it has at most one link token per thread.
 * A collection without work is in no queue and costs nothing.
 *
 * <p>Failure: whatever a turn throws is reported, remembered as the collection's trouble and tried again with growing
 * delay, however many batches come meanwhile; the thread and the other collections go on. A thread that dies all the same
 * is replaced, and what it had in hand is taken up again, within a second.
 */
final class IndexerPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexerPool.class);
    /** Ordinals linked in one turn: a few milliseconds, the longest that waiting apply work is held up by a thread. */
    private static final int LINK_SLICE = 16;
    private static final int LINK_SLICES_PER_TURN = 4;
    private static final long CLOSE_SECONDS_MAX = 5;
    private static final ThreadMXBean CLOCKS = ManagementFactory.getThreadMXBean();

    private final IndexerQueues queues = new IndexerQueues();
    private final Revival revival = new Revival();
    private final AtomicReferenceArray<@Nullable Thread> threads;
    private final ScheduledExecutorService timer;
    private final EngineMetrics metrics;
    private final LinkGovernor governor;
    private final int threadCount;
    private ApplyTask applier = runtime -> false;
    private ApplyTask upkeep = runtime -> false;
    private Supplier<Collection<CollectionRuntime>> collections = List::of;
    private volatile boolean closed;

    /** One turn of applying; true when there is more to do at once. */
    interface ApplyTask {
        boolean run(CollectionRuntime runtime);
    }

    IndexerPool(int threadCount, LinkGovernor governor, ScheduledExecutorService timer,
            EngineMetrics metrics) {
        this.governor = governor;
        this.threadCount = threadCount;
        this.threads = new AtomicReferenceArray<>(threadCount);
        this.timer = timer;
        this.metrics = metrics;
    }

    /**
     * @param upkeepTask one turn of what {@link CollectionRuntime#isUpkeepDue} speaks of; in the lane, like applying
     * @param all        every collection that may have work, also those that are being dropped
     */
    void start(ApplyTask task, ApplyTask upkeepTask, Supplier<Collection<CollectionRuntime>> all) {
        applier = task;
        upkeep = upkeepTask;
        collections = all;
        for (int i = 0; i < threadCount; i++) {
            startThread(i);
        }
    }

    private void startThread(int number) {
        Thread thread = EngineThreads.indexer(number, () -> run(number));
        thread.start();
        threads.set(number, thread);
    }

    /** To be called every second or so: replaces threads that died; what they had in hand goes back to the queues. */
    void supervise() {
        try {
            for (int i = 0; i < threadCount && !closed; i++) {
                Thread thread = threads.get(i);
                if (thread != null && !thread.isAlive()) {
                    startThread(i);
                    revival.revived(i);
                    metrics.indexerRestarted();
                }
            }
            if (!closed && revival.takeRescueWanted()) {
                rescue();
            }
        } catch (Throwable failure) {
            // No memory for a thread, for example: the next call tries again.
            revival.wantRescue();
            LOG.error("indexers could not be restarted; trying again", failure);
        }
    }

    private void rescue() {
        Collection<CollectionRuntime> all = collections.get();
        queues.rescue(all);
        for (CollectionRuntime runtime : all) {
            // Its retry may not have been scheduled.
            if (!runtime.ranges.isEmpty() || runtime.isDropped()) {
                wakeApply(runtime);
            }
            wakeLink(runtime);
        }
    }

    /** What happened to a thread lately; null when nothing did. */
    @Nullable
    String trouble() {
        return revival.trouble();
    }

    void wakeApply(CollectionRuntime runtime) {
        if (runtime.wake()) {
            queues.offerApply(runtime);
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
                queues.offerLink(runtime);
            }
        }
    }

    private void run(int number) {
        try {
            turns();
        } catch (Throwable fatal) {
            // Not even the report of a failure worked. Only stores: supervise does the rest.
            revival.died(number, fatal);
        }
    }

    private void turns() {
        IndexerQueues.Pace pace = new IndexerQueues.Pace();
        while (!closed) {
            try {
                IndexerQueues.Turn turn = queues.take(pace);
                if (turn == null) {
                    return;
                }
                if (turn.apply()) {
                    applyTurn(turn.runtime());
                } else {
                    long start = System.nanoTime();
                    linkTurn(turn.runtime());
                    long end = System.nanoTime();
                    pace.linked(end, governor.pauseNanos(end - start));
                }
            } catch (Throwable failure) {
                revival.wantRescue();
                LOG.error("{} goes on after a failure that could not be handled",
                        Thread.currentThread().getName(),
                        failure);
            }
        }
    }

    private void applyTurn(CollectionRuntime runtime) {
        if (!runtime.enterLane()) {
            return;
        }
        boolean more = false;
        try {
            more = (!runtime.applyTrouble.isWaiting() || runtime.isDropped()) && apply(runtime);
        } catch (Throwable failure) {
            retryLater(runtime, runtime.applyTrouble, "applying", failure, () -> wakeApply(runtime));
        } finally {
            if (runtime.leaveLane(more)) {
                queues.offerApply(runtime);
            }
        }
        if (runtime.linkTrouble.reason() == null) {
            wakeLink(runtime);
        }
    }

    private boolean apply(CollectionRuntime runtime) {
        boolean more = applier.run(runtime);
        if (runtime.applyTrouble.over()) {
            LOG.info("collection {} is being applied again", runtime.number);
        }
        return more;
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
                    queues.offerApply(runtime);
                } else {
                    wakeLink(runtime);
                }
            }
        }
    }

    private void linkTurn(CollectionRuntime runtime) {
        boolean more = false;
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
                queues.offerLink(runtime);
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
        long begun = System.nanoTime();
        long cpu = CLOCKS.getCurrentThreadCpuTime();
        for (int slice = 0; slice < LINK_SLICES_PER_TURN; slice++) {
            long start = System.nanoTime();
            int linked = segment.link(LINK_SLICE);
            if (linked == 0) {
                runtime.advanceLinked();
                if (slice > 0) {
                    governor.linked(System.nanoTime() - begun, CLOCKS.getCurrentThreadCpuTime() - cpu);
                }
                return mayKeepUp(runtime);
            }
            runtime.advanceLinked();
            metrics.linked(linked, System.nanoTime() - start);
            if (queues.applyIsWaiting()) {
                break;
            }
        }
        governor.linked(System.nanoTime() - begun, CLOCKS.getCurrentThreadCpuTime() - cpu);
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

    private void retryLater(CollectionRuntime runtime, Trouble trouble, String doing, Throwable failure,
            Runnable retry) {
        String reason = doing + " collection " + runtime.number + " (" + runtime.info().name() + ") fails: "
                + failure;
        long delayMillis = trouble.failed(reason, failure);
        LOG.error("{}; trying again in {} ms", reason, delayMillis, failure);
        long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
        timer.schedule(retry, delayMillis, TimeUnit.MILLISECONDS);
        trouble.retryAt(due);
    }

    @Override
    public void close() {
        closed = true;
        queues.close();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS_MAX);
        for (int i = 0; i < threadCount; i++) {
            Thread thread = threads.get(i);
            if (thread == null) {
                continue;
            }
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadline - System.nanoTime()));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
