package io.forebay.engine;

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the indexers, and which of it a thread takes next.
 *
 * <p>Applying goes first, because reading one's own writes costs only that. But linking that waits gets a turn of each
 * thread after {@link #APPLY_STREAK_NANOS} at the latest, however much there is to apply. Linking that somebody waits for
 * goes before the other, three turns of four. Among equals {@link FairQueue} decides.
 *
 * <p>Threads: any; {@code lock} guards the queues.
 *
 * <p>Invariant: a collection is in the apply queue at most once; in the link queues once for each of its tokens that no
 * thread has.
 */
final class IndexerQueues {
    /** How long a thread may do nothing but apply while linking waits. */
    static final long APPLY_STREAK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Of so many link turns one is for those for whom nobody waits. */
    private static final int PATIENT_SHARE = 4;

    /** What a thread is to do now. */
    record Turn(CollectionRuntime runtime, boolean apply) {}

    /** What one thread remembers between its turns. */
    static final class Pace {
        /** The governor wants no linking by this thread before; except where somebody waits. */
        private long linkNotBefore = System.nanoTime();
        /** Since when this thread has passed over linking that it might have done. */
        private long passedOverSince = linkNotBefore;

        void linked(long nowNanos, long pauseNanos) {
            linkNotBefore = nowNanos + pauseNanos;
            passedOverSince = nowNanos;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final FairQueue applyReady = new FairQueue();
    private final FairQueue linkReady = new FairQueue();
    /** Those whose link position somebody waits for: they are not held back. */
    private final FairQueue linkUrgent = new FairQueue();
    private int linkTurns;
    private boolean closed;

    void offerApply(CollectionRuntime runtime) {
        long backlog = runtime.unappliedOperations();
        long since = runtime.unappliedSinceMillis();
        lock.lock();
        try {
            applyReady.offer(runtime, backlog, since);
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    void offerLink(CollectionRuntime runtime) {
        boolean urgent = runtime.linked.waiting() > 0;
        long backlog = runtime.unlinkedOperations();
        long since = runtime.unlinkedSinceMillis();
        lock.lock();
        try {
            (urgent ? linkUrgent : linkReady).offer(runtime, backlog, since);
            // All: a thread that keeps from linking must not swallow the only signal for link work.
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for something to do; null when closed. A link turn is counted among the collection's linkers already. */
    @Nullable
    Turn take(Pace pace) {
        lock.lock();
        try {
            while (!closed) {
                boolean mayLink = mayLink(pace);
                if (!mayLink) {
                    pace.passedOverSince = System.nanoTime();
                }
                boolean linkIsDue = mayLink
                        && System.nanoTime() - pace.passedOverSince >= APPLY_STREAK_NANOS;
                CollectionRuntime runtime = linkIsDue ? null : applyReady.poll();
                if (runtime != null) {
                    return new Turn(runtime, true);
                }
                runtime = mayLink ? pollLink(pace) : null;
                if (runtime != null) {
                    Turn turn = new Turn(runtime, false);
                    runtime.linkers.incrementAndGet();
                    return turn;
                }
                await(pace);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** There is linking to do and this thread need not keep from it. */
    private boolean mayLink(Pace pace) {
        return !linkUrgent.isEmpty() || mayLinkUnasked(pace);
    }

    private boolean mayLinkUnasked(Pace pace) {
        return !linkReady.isEmpty() && System.nanoTime() - pace.linkNotBefore >= 0;
    }

    private @Nullable CollectionRuntime pollLink(Pace pace) {
        linkTurns++;
        boolean patient = linkUrgent.isEmpty() || linkTurns % PATIENT_SHARE == 0 && mayLinkUnasked(pace);
        return patient ? linkReady.poll() : linkUrgent.poll();
    }

    private void await(Pace pace) {
        if (linkReady.isEmpty()) {
            work.awaitUninterruptibly();
            return;
        }
        try {
            work.awaitNanos(pace.linkNotBefore - System.nanoTime());
        } catch (InterruptedException ignored) {
            // Nobody interrupts an indexer to any purpose; closing is told by the flag.
        }
    }

    /** A thread that links should stop soon. */
    boolean applyIsWaiting() {
        lock.lock();
        try {
            return closed || !applyReady.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** A thread died, perhaps between taking a collection out of a queue and putting it back: puts back what is nowhere. */
    void rescue(Collection<CollectionRuntime> all) {
        for (CollectionRuntime runtime : all) {
            boolean lost;
            lock.lock();
            try {
                runtime.linkTokens.set(runtime.linkers.get() + linkReady.count(runtime)
                        + linkUrgent.count(runtime));
                lost = runtime.abandonedLane() || runtime.isQueued() && applyReady.count(runtime) == 0;
            } finally {
                lock.unlock();
            }
            if (lost) {
                offerApply(runtime);
            }
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
