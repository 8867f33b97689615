package io.forebay.engine;

import io.forebay.index.record.BatchKey;
import io.forebay.model.DeadLetter;
import io.forebay.index.record.RecordStore;
import io.forebay.index.record.RecordStoreException;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.RecordBatch;
import io.forebay.model.WriteAck;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a user does with dead letters: look, write one again, discard one.
 *
 * <p>A retry is an ordinary write of the same batch at the end of the log, under a key that is the letter's alone. So it is
 * appended at most once: as long as it is not applied the letter knows of it ({@link DeadLetters}), across a crash by way of
 * the log; when it is applied (or set aside anew) the letter goes in the same commit. Who asks again meanwhile or after gets
 * the first answer, while the key is remembered.
 *
 * <p>Threads: the work is done on the engine's query threads, because it reads RocksDB; the append is under the
 * collection's appendLock.
 *
 * <p>Failure: whatever refuses a write refuses a retry, and the letter stays. A discard is answered when it is on disk.
 */
final class Retrying {
    private final RecordStore records;
    private final WritePath writes;
    private final IdempotencyTable keys;
    private final Executor queries;

    Retrying(RecordStore records, WritePath writes, IdempotencyTable keys, Executor queries) {
        this.records = records;
        this.writes = writes;
        this.keys = keys;
        this.queries = queries;
    }

    CompletableFuture<List<DeadLetter>> list(CollectionRuntime runtime, int offset, int limit) {
        return onQueries(
                () -> runtime.letters.count() == 0
                        ? List.<DeadLetter>of()
                        : records.deadLetters().read(runtime.number, offset, limit));
    }

    CompletableFuture<WriteAck> retry(CollectionRuntime runtime, long minSeqId, WriteOptions asked) {
        return onQueries(() -> retryNow(runtime, minSeqId, asked)).thenCompose(Function.identity());
    }

    /**
     * In their order; those that are on their way are answered again. One that is refused for what it is stays, and those
     * behind it are written all the same; what would refuse any write ends it, so that none overtakes another. The answers
     * are those of all of them, or the first refusal.
     */
    CompletableFuture<List<WriteAck>> retryAll(CollectionRuntime runtime, WriteOptions asked) {
        return onQueries(() -> {
            List<CompletableFuture<WriteAck>> acks = new ArrayList<>();
            for (long minSeqId : runtime.letters.all()) {
                CompletableFuture<WriteAck> ack = tryNow(runtime, minSeqId, asked);
                acks.add(ack);
                if (ack.isCompletedExceptionally() && !isItsOwn(Errors.unwrap(ack.exceptionNow()))) {
                    break;
                }
            }
            CompletableFuture<List<WriteAck>> all = CompletableFuture.completedFuture(new ArrayList<>());
            for (CompletableFuture<WriteAck> ack : acks) {
                all = all.thenCombine(ack, (before, one) -> {
                    before.add(one);
                    return before;
                });
            }
            return all;
        }).thenCompose(Function.identity());
    }

    private CompletableFuture<WriteAck> tryNow(CollectionRuntime runtime, long minSeqId, WriteOptions asked) {
        try {
            return retryNow(runtime, minSeqId, asked);
        } catch (ForebayException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    /** Whether only this letter is refused. */
    private static boolean isItsOwn(Throwable refusal) {
        return refusal instanceof ForebayException told && switch (told.code()) {
            case INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, PAYLOAD_TOO_LARGE -> true;
            default -> false;
        };
    }

    private CompletableFuture<WriteAck> retryNow(CollectionRuntime runtime, long minSeqId,
            WriteOptions asked) {
        ByteBuffer payload = records.deadLetters().payload(runtime.number, minSeqId);
        RecordBatch batch = payload == null ? null : batchOf(payload, minSeqId);
        RequestKey key = RequestKey.ofLetter(runtime.info(), minSeqId,
                batch == null ? 0 : Fingerprint.of(batch));
        runtime.appendLock.lock();
        try {
            BatchKey earlier = keys.find(key);
            if (earlier != null) {
                return writes.again(runtime, earlier, asked);
            }
            if (runtime.letters.isRetrying(key.hash())) {
                throw new ForebayException(ErrorCode.ALREADY_EXISTS,
                        "Dead letter [" + minSeqId + "] is being retried already");
            }
            if (batch == null || !runtime.letters.has(minSeqId)) {
                throw missing(minSeqId);
            }
            return append(runtime, batch, key, asked);
        } finally {
            runtime.appendLock.unlock();
        }
    }

    /** Before the append, because it may be applied at once. */
    private CompletableFuture<WriteAck> append(CollectionRuntime runtime, RecordBatch batch,
            RequestKey key, WriteOptions asked) {
        long before = runtime.lastAppended();
        runtime.letters.retrying(key.hash());
        try {
            return writes.retry(runtime, batch, asked, key);
        } finally {
            if (runtime.lastAppended() == before) {
                runtime.letters.notRetrying(key.hash());
            }
        }
    }

    private static RecordBatch batchOf(ByteBuffer payload, long minSeqId) {
        try {
            return RecordBatch.wrap(payload);
        } catch (IllegalArgumentException malformed) {
            throw ForebayException.invalid("Dead letter [" + minSeqId
                    + "] cannot be decoded, so it can only be discarded: " + malformed.getMessage());
        }
    }

    CompletableFuture<Void> discard(CollectionRuntime runtime, long minSeqId) {
        return onQueries(() -> {
            if (!runtime.letters.has(minSeqId)) {
                throw missing(minSeqId);
            }
            remove(runtime, List.of(minSeqId));
            return null;
        });
    }

    /** Those that there are now; answers how many. */
    CompletableFuture<Integer> discardAll(CollectionRuntime runtime) {
        return onQueries(() -> {
            List<Long> all = runtime.letters.all();
            if (!all.isEmpty()) {
                remove(runtime, all);
            }
            return all.size();
        });
    }

    private void remove(CollectionRuntime runtime, List<Long> letters) {
        records.deadLetters().remove(runtime.number, letters);
        letters.forEach(runtime.letters::removed);
        records.flush();
    }

    private static ForebayException missing(long minSeqId) {
        return ForebayException.notFound("Dead letter [" + minSeqId + "] does not exist.");
    }

    private <T> CompletableFuture<T> onQueries(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(() -> {
                try {
                    return work.get();
                } catch (ForebayException told) {
                    throw told;
                } catch (IllegalStateException | RecordStoreException failure) {
                    throw Errors.ofRecords(failure);
                }
            }, queries);
        } catch (ForebayException closed) {
            return CompletableFuture.failedFuture(closed);
        }
    }
}
