package io.forebay.etl.job;

import java.util.ArrayDeque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A job of this process that is not over, or was not when the process looked last.
 *
 * <p>Threads: any. Its lock guards the status and is never held while anything else is locked or waited for; followers are
 * told outside of it.
 */
public final class LiveJob {
    private static final int WRITES_MAX = 4096;

    public final UUID id;
    public final ImportRequest request;
    public final long createdMillis;
    public final @Nullable UUID retryOf;
    /** Of this stay in the process: cancelled, or the service closes. */
    public final StopSignal stop = new StopSignal();
    /** It is not begun again before, after something stopped it that may stop it again. */
    public volatile long notBeforeNanos = System.nanoTime();
    private final List<Runnable> followers = new CopyOnWriteArrayList<>();
    private final ArrayDeque<Write> writes = new ArrayDeque<>();
    private JobStatus status;
    private long workingSinceNanos;
    private boolean working;
    private long linkedRows;
    private final PhaseMemory memory;
    private int stumbles;

    /** So many rows were written when this seqId was. */
    private record Write(long seqId, long rows) {}

    public LiveJob(JobStore.Kept kept) {
        this.id = kept.id();
        this.request = kept.request();
        this.createdMillis = kept.createdMillis();
        this.retryOf = kept.retryOf();
        this.status = kept.status();
        this.memory = new PhaseMemory(status.memory);
        if (status.written() > 0) {
            writes.add(new Write(status.lastSeqId, status.inserted + status.updated));
        }
    }

    public synchronized JobStatus status() {
        if (working) {
            status.workedMillis += workedNow();
            workingSinceNanos = System.nanoTime();
        }
        return status.copy();
    }

    /** Something stopped it that should not have: how often so far. */
    public synchronized int stumbled() {
        return ++stumbles;
    }

    public synchronized JobState state() {
        return status.state;
    }

    /** Whether a thread ever worked on it. */
    public synchronized boolean hasBegun() {
        return status.startedMillis > 0;
    }

    /** Whether its file is here, if it is one from elsewhere. */
    public synchronized boolean isFetched() {
        return status.fetchedName != null;
    }

    public synchronized boolean isCancelling() {
        return status.cancelling;
    }

    /** Changes what is shown; whoever keeps it on disk writes it as well. */
    public void update(Consumer<JobStatus> change) {
        synchronized (this) {
            change.accept(status);
        }
        told();
    }

    /** Replaces it by what was written, but for a wish to cancel that came meanwhile. */
    public void written(JobStatus next) {
        synchronized (this) {
            next.cancelling |= status.cancelling;
            next.reverting |= status.reverting;
            next.phase = status.phase;
            status = next;
            if (writes.isEmpty() || writes.getLast().seqId < next.lastSeqId) {
                writes.add(new Write(next.lastSeqId, next.inserted + next.updated));
                if (writes.size() > WRITES_MAX) {
                    writes.removeFirst();
                }
            }
        }
        told();
    }

    /** This is how it ended, as it was written. */
    public void ended(JobStatus over) {
        synchronized (this) {
            over.cancelling |= status.cancelling;
            over.reverting |= status.reverting;
            status = over;
        }
        told();
    }

    public void phase(String phase) {
        update(s -> {
            s.phase = phase;
            s.stage = phase;
            s.memory = memory.enter(phase);
        });
    }

    /** Resident bytes and heap of the process, from time to time. */
    public synchronized void sample(long rss, long heap) {
        if (working) {
            memory.sample(rss, heap);
        }
    }

    public synchronized void workBegins() {
        working = true;
        workingSinceNanos = System.nanoTime();
    }

    public synchronized void workEnds() {
        status.workedMillis += workedNow();
        working = false;
        status.memory = memory.enter("");
    }

    private long workedNow() {
        return working ? TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - workingSinceNanos) : 0;
    }

    public void follow(Runnable action) {
        followers.add(action);
        action.run();
    }

    public void unfollow(Runnable action) {
        followers.remove(action);
    }

    public boolean isFollowed() {
        return !followers.isEmpty();
    }

    public void told() {
        followers.forEach(Runnable::run);
    }

    /** @param linkedSeqId of its collection; 0 when that is not there */
    public synchronized Job view(long linkedSeqId) {
        while (!writes.isEmpty() && writes.getFirst().seqId <= linkedSeqId) {
            linkedRows = writes.removeFirst().rows;
        }
        return JobViews.view(new JobStore.Kept(id, request, createdMillis, retryOf, status),
                status.workedMillis + workedNow(), linkedSeqId, linkedRows, memory.marks(status.memory));
    }
}
