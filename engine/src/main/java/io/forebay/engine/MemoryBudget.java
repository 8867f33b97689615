package io.forebay.engine;

import io.forebay.index.vector.IndexEngine;
import io.forebay.index.vector.VectorSegment;
import io.forebay.index.vector.VectorStats;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps codes and graphs, which are outside the heap, within {@code index.memory_max}: beyond it the
 * collections whose vectors were used longest ago are unloaded. {@link VectorLoading} brings them back.
 *
 * <p>Only a collection at rest is unloaded: nothing waits for its indexer, all is linked, nobody asked for
 * its vectors for a second (for a tenth of one when twice the budget is exceeded, except the one that was
 * used last). While it is unloaded its lane is taken, so nobody applies; what comes meanwhile is applied
 * behind it. Everything of it is on disk before: the arena is synced, because the segment that takes its
 * place knows of nothing to sync, and of the graph so much is written that a load links the rest in no time.
 *
 * <p>Memory comes back when the garbage collector finds that no query holds a view of it. The budget counts
 * what is loaded.
 *
 * <p>Threads: the checkpointer's looks; {@link Opening}'s, about what they opened. {@code lock} lets one at a time.
 *
 * <p>Failure: a collection that cannot be unloaded (a full disk) stays, is logged and tried again later.
 */
final class MemoryBudget {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryBudget.class);
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORT_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** A look at thousands of collections takes milliseconds: it may take a fiftieth of a thread's time. */
    private static final int PAUSE_FACTOR = 50;

    private static final long WARNING_NANOS = TimeUnit.SECONDS.toNanos(10);

    private record Candidate(CollectionRuntime runtime, long lastUsedNanos, long bytes) {}

    private final long bytesMax;
    private final Catalog catalog;
    private final IndexerPool pool;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicLong unloads = new AtomicLong();
    private long nextLookNanos = System.nanoTime();
    private long openedBytes;
    private long nextWarningNanos = System.nanoTime();

    MemoryBudget(IndexOptions options, Catalog catalog, IndexerPool pool) {
        // The library's graphs are on the heap, and are not stored.
        this.bytesMax = options.engine() == IndexEngine.NATIVE ? options.memoryMax() : 0;
        this.catalog = catalog;
        this.pool = pool;
    }

    long unloads() {
        return unloads.get();
    }

    /** After a start: unloads the collection that was just opened if it is too much. */
    void opened(CollectionRuntime runtime) {
        VectorSegment segment = runtime.vectors();
        if (bytesMax == 0 || segment == null) {
            return;
        }
        lock.lock();
        try {
            long bytes = segment.memoryBytes();
            boolean tooMuch = openedBytes + bytes > bytesMax;
            openedBytes += tooMuch && hasUnloaded(runtime) ? 0 : bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Cheap while the budget is kept. */
    void look() {
        if (bytesMax > 0 && System.nanoTime() - nextLookNanos >= 0 && lock.tryLock()) {
            try {
                long start = System.nanoTime();
                List<Candidate> loaded = loaded();
                long end = System.nanoTime();
                nextLookNanos = end + PAUSE_FACTOR * (end - start);
                unloadBeyond(bytesMax, loaded, REST_NANOS, SHORT_REST_NANOS);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Unloads what it may of what no budget of this size has room for, however short ago it was used. */
    void unloadBeyond(long bytes) {
        lock.lock();
        try {
            unloadBeyond(bytes, loaded(), 0, 0);
        } finally {
            lock.unlock();
        }
    }

    /** Used longest ago first. */
    private List<Candidate> loaded() {
        List<Candidate> loaded = new ArrayList<>();
        for (CollectionRuntime runtime : catalog.all()) {
            VectorSegment segment = runtime.vectors();
            if (segment != null) {
                loaded.add(new Candidate(runtime, runtime.held.lastUsedNanos(), segment.memoryBytes()));
            }
        }
        long now = System.nanoTime();
        loaded.sort(Comparator.comparingLong(one -> one.lastUsedNanos - now));
        return loaded;
    }

    private void unloadBeyond(long max, List<Candidate> loaded, long restNanos, long shortRestNanos) {
        long sum = loaded.stream().mapToLong(Candidate::bytes).sum();
        for (int i = 0; i < loaded.size() && sum > max; i++) {
            Candidate one = loaded.get(i);
            boolean pressed = sum > 2 * max && i < loaded.size() - 1;
            boolean rested = System.nanoTime() - one.runtime.held.lastUsedNanos() >= (pressed
                    ? shortRestNanos
                    : restNanos);
            if (rested && hasUnloaded(one.runtime)) {
                sum -= one.bytes;
            }
        }
    }

    private boolean hasUnloaded(CollectionRuntime runtime) {
        VectorSegment segment = runtime.vectors();
        if (segment == null || !isAtRest(runtime, segment)) {
            return false;
        }
        try {
            // Before the lane is taken: it may take a while, and nobody need wait for it.
            if (segment.isGraphStoreDueAtUnload()) {
                segment.storeGraph();
            }
            segment.force();
            boolean[] done = new boolean[1];
            pool.inIdleLane(runtime, () -> done[0] = hasUnloadedInLane(runtime, segment));
            return done[0];
        } catch (RuntimeException failure) {
            if (!runtime.isDropped() && System.nanoTime() - nextWarningNanos >= 0) {
                nextWarningNanos = System.nanoTime() + WARNING_NANOS;
                LOG.warn("collection {} ({}) stays in memory, it cannot be unloaded: {}", runtime.number,
                        runtime.info().name(), failure.toString());
            }
            // The last to be tried again.
            runtime.held.used();
            return false;
        }
    }

    private static boolean isAtRest(CollectionRuntime runtime, VectorSegment segment) {
        return !runtime.isDropped() && runtime.ranges.isEmpty() && !segment.hasLinkWork()
                && segment.linked() == segment.count() && runtime.linkers.get() == 0
                && !segment.hasReclaimable();
    }

    private boolean hasUnloadedInLane(CollectionRuntime runtime, VectorSegment segment) {
        if (!segment.equals(runtime.vectors()) || !isAtRest(runtime, segment)
                || segment.isGraphStoreDueAtUnload()) {
            return false;
        }
        // Nothing to do, unless a group was applied since the first one. If any sync failed, this throws too.
        segment.force();
        runtime.advanceLinked();
        VectorStats last = segment.stats();
        runtime.publishLock.lock();
        try {
            runtime.held.setCold(last);
        } finally {
            runtime.publishLock.unlock();
        }
        // Views that queries hold go on answering.
        segment.close();
        unloads.incrementAndGet();
        LOG.debug("collection {}: {} ordinals unloaded", runtime.number, last.ordinals());
        return true;
    }
}
