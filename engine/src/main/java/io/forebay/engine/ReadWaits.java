package io.forebay.engine;

import io.forebay.model.ErrorCode;
import io.forebay.model.NotReachedException;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.wal.Wal;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;

/**
 * What a read or a flush waits for, and how long.
 *
 * <p>A seqId that a client names stands for everything of <em>this</em> collection up to it, so it may be the seqId
 * of a write to another one; a collection that has nothing more up to there is not waited for. One that the log never
 * gave out is refused at once: it is of another store, or its write was lost with a power cut, and no waiting would
 * help.
 *
 * <p>Threads: any; a wait costs no thread. A time limit is put on the waiter itself, so that the gate forgets who
 * gave up.
 */
final class ReadWaits {
    private final Wal wal;
    private final long readTimeoutMillis;
    private final long boundedWaitMillis;

    ReadWaits(Wal wal, ForebayOptions options) {
        this.wal = wal;
        this.readTimeoutMillis = options.readTimeoutMillis();
        this.boundedWaitMillis = options.boundedWaitMillis();
    }

    /** The read's own, the collection's own, or Chroma's default. */
    static ReadLevel level(CollectionRuntime runtime, ReadOptions read) {
        if (read.level() != null) {
            return read.level();
        }
        ReadLevel own = runtime.info().config().settings().readLevel();
        return own == null ? ReadLevel.INDEX_AND_WAL : own;
    }

    long timeoutMillis(ReadOptions read) {
        return read.timeoutMillis() > 0 ? read.timeoutMillis() : readTimeoutMillis;
    }

    /** Completes when applied is what the read asks for. */
    CompletableFuture<Void> awaited(CollectionRuntime runtime, ReadOptions read) {
        long named = read.minSeqId();
        long end = wal.lastSeqId();
        if (named > end) {
            return CompletableFuture.failedFuture(new NotReachedException(ErrorCode.INVALID_ARGUMENT,
                    "SeqId " + named + " was never given out here, the log ends at " + end
                            + ": it is of another store, or its write was lost with a power cut",
                    "applied", named, runtime.applied.position()));
        }
        long wanted = Math.min(named, end(runtime));
        return switch (level(runtime, read)) {
            case INDEX_ONLY -> inTime(runtime, wanted, read);
            // Not the last appended: one whose sync failed is never applied, and reads go on.
            case INDEX_AND_WAL -> inTime(runtime, Math.max(wanted, runtime.lastAcked()), read);
            case INDEX_AND_BOUNDED_WAL ->
                bounded(runtime).thenCompose(some -> inTime(runtime, wanted, read));
        };
    }

    /** Completes when this entry of the collection is applied, acked or not; in the time that a read may take. */
    CompletableFuture<Void> applied(CollectionRuntime runtime, long seqId) {
        return inTime(runtime, seqId, ReadOptions.DEFAULT);
    }

    /** Up to where anybody was told of operations of this collection: by an ack, or by a change feed. */
    private long end(CollectionRuntime runtime) {
        return Math.max(runtime.lastAcked(), Math.min(runtime.lastAppended(), wal.durableSeqId()));
    }

    private CompletableFuture<Void> inTime(CollectionRuntime runtime, long seqId, ReadOptions read) {
        long millis = timeoutMillis(read);
        return inTime(runtime.applied.reached(seqId), millis,
                limit -> late("applied", seqId, runtime.applied.position(), limit));
    }

    private CompletableFuture<Void> bounded(CollectionRuntime runtime) {
        CompletableFuture<Void> all = runtime.applied.reached(runtime.lastAcked());
        return all.isDone()
                ? all
                : all.orTimeout(boundedWaitMillis, TimeUnit.MILLISECONDS)
                        .exceptionallyCompose(failure -> Errors.unwrap(failure) instanceof TimeoutException
                                ? CompletableFuture.completedFuture(null)
                                : CompletableFuture.failedFuture(Errors.unwrap(failure)));
    }

    /**
     * Completes when everything acked before the call has reached the position; fails when the collection is dropped
     * or the store closed before.
     *
     * @param timeoutMillis 0 for no limit
     */
    CompletableFuture<Void> flushed(CollectionRuntime runtime, Position position, long timeoutMillis) {
        long end = runtime.lastAcked();
        CompletableFuture<Void> reached = switch (position) {
            // A copy: the log's own future serves others too.
            case DURABLE -> Errors.mapLog(wal.durable(end)).copy();
            case APPLIED -> runtime.applied.reached(end);
            case LINKED -> runtime.linked.reached(end);
        };
        if (timeoutMillis == 0) {
            return reached;
        }
        return inTime(reached, timeoutMillis, limit -> late(position.name().toLowerCase(Locale.ROOT), end,
                switch (position) {
                    case DURABLE -> Math.min(end, wal.durableSeqId());
                    case APPLIED -> runtime.applied.position();
                    case LINKED -> runtime.linked.position();
                }, limit));
    }

    private static CompletableFuture<Void> inTime(CompletableFuture<Void> ready, long millis,
            LongFunction<NotReachedException> late) {
        if (ready.isDone()) {
            return ready;
        }
        return ready.orTimeout(millis, TimeUnit.MILLISECONDS).exceptionallyCompose(failure -> {
            Throwable cause = Errors.unwrap(failure);
            return CompletableFuture
                    .failedFuture(cause instanceof TimeoutException ? late.apply(millis) : cause);
        });
    }

    private static NotReachedException late(String position, long wanted, long reached, long millis) {
        String name = Character.toUpperCase(position.charAt(0)) + position.substring(1);
        return new NotReachedException(ErrorCode.DEADLINE_EXCEEDED, name + " seqId " + reached
                + " has not reached " + wanted + " within " + millis + " ms", position, wanted, reached);
    }
}
