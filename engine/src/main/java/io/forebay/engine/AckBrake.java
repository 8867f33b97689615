package io.forebay.engine;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Holds back acks of one collection: each until its time is over, or until so much is linked that it need not wait any more,
 * whichever comes first. What waits is a future of a few hundred bytes, never a thread or a batch.
 *
 * <p>Threads: any. Held acks are let go on the thread that advances, or on the JVM's timer.
 *
 * <p>Failure: none is ever lost or refused: the batch is in the log, so its ack is true whenever it is given. A collection
 * that is dropped and a store that closes let all go.
 */
final class AckBrake {
    /** Record operations that are linked. */
    private final PositionGate linkedOperations;
    private final Set<CompletableFuture<Void>> held = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    AckBrake(long linkedOperations) {
        this.linkedOperations = new PositionGate(linkedOperations);
    }

    /** Nothing is held from now on: the collection is dropped, or the store closed. */
    void close() {
        closed = true;
        releaseAll();
    }

    CompletableFuture<Void> hold(long untilLinkedOperations, long millisMax) {
        CompletableFuture<Void> reached = linkedOperations.reached(untilLinkedOperations);
        if (reached.isDone()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> ack = new CompletableFuture<>();
        held.add(ack);
        ack.whenComplete((ok, never) -> {
            held.remove(ack);
            reached.cancel(false);
        });
        reached.whenComplete((ok, never) -> ack.complete(null));
        if (closed) { // after it is among those whom close lets go
            ack.complete(null);
        }
        return ack.completeOnTimeout(null, millisMax, TimeUnit.MILLISECONDS);
    }

    void advance(long operations) {
        if (operations > linkedOperations.position()) { // most calls are slices that move nothing
            linkedOperations.advance(operations);
        }
    }

    void releaseAll() {
        held.forEach(ack -> ack.complete(null));
    }

    int held() {
        return held.size();
    }
}
