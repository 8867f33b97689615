package io.forebay.engine;

import io.forebay.model.ForebayException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A position that only grows, and the ones who wait for it.
 *
 * <p>Threads: any thread may wait; {@link #advance} is called by whoever moves the position. Waiters are completed
 * outside the lock, on the thread that advanced.
 */
final class PositionGate {
    private record Waiter(long seqId, CompletableFuture<Void> future) {}

    private static final CompletableFuture<Void> REACHED = CompletableFuture.completedFuture(null);

    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>(
            Comparator.comparingLong(Waiter::seqId));
    private volatile long position;
    private @Nullable ForebayException closed;

    PositionGate(long position) {
        this.position = position;
    }

    long position() {
        return position;
    }

    /** Completes when the position has reached this seqId; fails when the gate is closed before. */
    CompletableFuture<Void> reached(long seqId) {
        if (seqId <= position) {
            return REACHED;
        }
        synchronized (this) {
            if (seqId <= position) {
                return REACHED;
            }
            if (closed != null) {
                return CompletableFuture.failedFuture(closed);
            }
            Waiter waiter = new Waiter(seqId, new CompletableFuture<>());
            waiters.add(waiter);
            // One who gave up (a timeout) must not stay in memory until the position comes by.
            waiter.future.whenComplete((ok, failure) -> {
                if (failure != null) {
                    forget(waiter);
                }
            });
            return waiter.future;
        }
    }

    /** Moves the position up to this seqId; a smaller one is ignored. */
    void advance(long seqId) {
        List<CompletableFuture<Void>> ready = new ArrayList<>();
        synchronized (this) {
            if (seqId <= position) {
                return;
            }
            position = seqId;
            for (Waiter next = waiters.peek(); next != null && next.seqId <= seqId; next = waiters.peek()) {
                waiters.poll();
                ready.add(next.future);
            }
        }
        ready.forEach(future -> future.complete(null));
    }

    /** Everyone who waits now or later is refused with this reason. */
    void close(ForebayException reason) {
        List<Waiter> refused;
        synchronized (this) {
            closed = reason;
            refused = new ArrayList<>(waiters);
            waiters.clear();
        }
        refused.forEach(waiter -> waiter.future.completeExceptionally(reason));
    }

    private synchronized void forget(Waiter waiter) {
        waiters.remove(waiter);
    }

    synchronized int waiting() {
        return waiters.size();
    }
}
