package io.forebay.engine;

import io.forebay.index.record.BatchKey;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Durability;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.WriteAck;
import io.forebay.wal.Appended;
import io.forebay.wal.EntryHeader;
import io.forebay.wal.Wal;
import io.forebay.wal.WalException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * From a batch to its acknowledgement: check, append, queue the range, answer.
 *
 * <p>Threads: any. The caller's thread checks and appends (a copy into the log's mapping); the answer comes from the
 * log's sync thread ({@code sync}), from the caller's ({@code os}) or from an indexer (batch ingest off).
 *
 * <p>Invariants: everything that a client could mend is found before the append, so that after an ack applying cannot
 * fail for such a reason; a range is queued in the order of the log; nothing is acknowledged before its durability is
 * reached, and an indexer is woken only then, so nothing is applied that is neither durable nor acked. A batch with an
 * idempotency key is appended at most once: looking for the key, appending and remembering are one step under the
 * collection's appendLock. Whoever comes second waits for the position that he asks for, as the first does for his.
 *
 * <p>{@link Admission} says whether a batch may enter the log, and may hold back its ack.
 *
 * <p>Failure: a refused append changes nothing. If the sync that covers a batch fails, the batch is not acknowledged,
 * the log refuses all further writes, and health turns red.
 */
final class WritePath {
    private static final CompletableFuture<Void> NOW = CompletableFuture.completedFuture(null);

    private final Wal wal;
    private final ForebayOptions options;
    private final IndexerPool pool;
    private final LinkGovernor governor;
    private final IdempotencyTable keys;
    private final EngineMetrics metrics;
    private final Backlog backlog;
    private final Admission admission;
    private final Consumer<CollectionRuntime> opener;

    /** @param opener sees to it that it becomes known how many of an unopened collection are linked */
    WritePath(Wal wal, ForebayOptions options, IndexerPool pool, LinkGovernor governor, EngineMetrics metrics,
            Backlog backlog, IdempotencyTable keys, Admission admission, Consumer<CollectionRuntime> opener) {
        this.opener = opener;
        this.keys = keys;
        this.admission = admission;
        this.governor = governor;
        this.wal = wal;
        this.options = options;
        this.pool = pool;
        this.metrics = metrics;
        this.backlog = backlog;
    }

    /** Where a batch is in the log, whether it was appended for this request or for an earlier one. */
    private record Place(long minSeqId, long maxSeqId, int records, boolean replayed) {
        static Place of(BatchKey earlier) {
            return new Place(earlier.minSeqId(), earlier.maxSeqId(), earlier.records(), true);
        }
    }

    CompletableFuture<WriteAck> write(CollectionRuntime runtime, RecordBatch batch, WriteOptions asked) {
        return write(runtime, batch, Long.MAX_VALUE, asked);
    }

    /**
     * Of records that were there when the log was applied up to {@code seenSeqId}.
     *
     * @throws Deleting.Overtaken when one of them may have been deleted since; nothing was appended
     */
    CompletableFuture<WriteAck> delete(CollectionRuntime runtime, RecordBatch batch, long seenSeqId,
            WriteOptions asked) {
        return write(runtime, batch, seenSeqId, asked);
    }

    private CompletableFuture<WriteAck> write(CollectionRuntime runtime, RecordBatch batch, long seenSeqId,
            WriteOptions asked) {
        RequestKey key = asked.idempotencyKey() == null
                ? null
                : RequestKey.of(runtime.info(), asked.idempotencyKey(), Fingerprint.of(batch));
        return write(runtime, batch, seenSeqId, asked, key, false);
    }

    /** Of a dead letter, under its key: also when there are too many of them for other writes. */
    CompletableFuture<WriteAck> retry(CollectionRuntime runtime, RecordBatch batch, WriteOptions asked,
            RequestKey key) {
        return write(runtime, batch, Long.MAX_VALUE, asked, key, true);
    }

    /** Answers a write once more. */
    CompletableFuture<WriteAck> again(CollectionRuntime runtime, BatchKey earlier, WriteOptions asked) {
        return acknowledge(runtime, Place.of(earlier), durability(runtime, asked), 0, System.nanoTime());
    }

    private CompletableFuture<WriteAck> write(CollectionRuntime runtime, RecordBatch batch, long seenSeqId,
            WriteOptions asked, @Nullable RequestKey key, boolean isRetry) {
        long start = System.nanoTime();
        Durability durability = durability(runtime, asked);
        try {
            if (batch.size() == 0 && key == null) {
                // What is appended behind may never be acked, and nobody is to wait for it.
                long at = Math.max(runtime.lastAcked(), runtime.applied.position());
                return CompletableFuture.completedFuture(new WriteAck(at, at, 0, durability, false));
            }
            Place place = find(key);
            if (place == null) {
                if (!isRetry) {
                    runtime.letters.checkRoom(runtime.info());
                }
                checkLimits(runtime, batch);
                place = append(runtime, batch, seenSeqId, durability, key);
                governor.appended(batch.size());
            }
            return acknowledge(runtime, place, durability, batch.encodedBytes(), start);
        } catch (ForebayException refused) {
            metrics.refused(refused.limit() == null ? refused.code().name() : refused.limit());
            return CompletableFuture.failedFuture(refused);
        } catch (WalException refused) {
            metrics.refused(refused.reason().name());
            return CompletableFuture.failedFuture(Errors.ofLog(refused));
        }
    }

    /**
     * For a request whose batch is still to be found out: the answer, when its key was seen before; null when it was not
     * or when there is none.
     */
    @Nullable
    CompletableFuture<WriteAck> answered(CollectionRuntime runtime, int fingerprint, WriteOptions asked) {
        if (asked.idempotencyKey() == null) {
            return null;
        }
        long start = System.nanoTime();
        try {
            Place place = find(RequestKey.of(runtime.info(), asked.idempotencyKey(), fingerprint));
            return place == null ? null : acknowledge(runtime, place, durability(runtime, asked), 0, start);
        } catch (ForebayException refused) {
            metrics.refused(refused.limit() == null ? refused.code().name() : refused.limit());
            return CompletableFuture.failedFuture(refused);
        }
    }

    private @Nullable Place find(@Nullable RequestKey key) {
        BatchKey earlier = key == null ? null : keys.find(key);
        return key == null || earlier == null ? null : Place.of(key.sameRequest(earlier));
    }

    private Durability durability(CollectionRuntime runtime, WriteOptions asked) {
        if (asked.durability() != null) {
            return asked.durability();
        }
        Durability own = runtime.info().config().durability();
        return own == null ? options.durability() : own;
    }

    private void checkLimits(CollectionRuntime runtime, RecordBatch batch) {
        // A delete may name as many as its filter matched.
        if (batch.size() > options.batchRecordsMax() && batch.operation() != Operation.DELETE) {
            throw new ForebayException(ErrorCode.PAYLOAD_TOO_LARGE,
                    "A batch may have " + options.batchRecordsMax()
                            + " records (batchRecordsMax), got " + batch.size());
        }
        if (batch.dimension() > options.dimensionMax()) {
            throw ForebayException.invalid("An embedding may have " + options.dimensionMax()
                    + " dimensions (dimensionMax), got " + batch.dimension());
        }
        boolean inserts = batch.operation() == Operation.ADD || batch.operation() == Operation.UPSERT;
        if (inserts && batch.embeddingCount() < batch.size()) {
            throw ForebayException.invalid("Each record to add or upsert needs an embedding, "
                    + batch.embeddingCount() + " of " + batch.size() + " have one");
        }
        if (!batch.hasFiniteEmbeddings()) {
            throw ForebayException.invalid(
                    "Validation error: embeddings: Embeddings must not contain NaN or Infinity values");
        }
        admission.check(runtime);
        checkDimension(runtime.info(), batch);
    }

    private static void checkDimension(CollectionInfo info, RecordBatch batch) {
        if (batch.embeddingCount() > 0 && info.dimension() != 0 && info.dimension() != batch.dimension()) {
            throw ForebayException
                    .invalid("Collection expecting embedding with dimension of " + info.dimension()
                            + ", got " + batch.dimension());
        }
    }

    private Place append(CollectionRuntime runtime, RecordBatch batch, long seenSeqId, Durability durability,
            @Nullable RequestKey key) {
        EntryHeader header = new EntryHeader(runtime.number, incarnation(runtime.info()),
                CatalogService.ENTRY_BATCH, Math.max(1, batch.size()), key == null ? 0 : key.hash());
        runtime.appendLock.lock();
        try {
            if (runtime.isDropped()) {
                throw runtime.droppedError();
            }
            Place twin = find(key);
            if (twin != null) {
                return twin;
            }
            checkDimension(runtime.info(), batch);
            boolean deletes = batch.operation() == Operation.DELETE && batch.size() > 0;
            WalException broken = deletes ? wal.failure() : null;
            if (broken != null) {
                throw broken; // what overtook it may never be applied
            }
            long overtaker = deletes ? runtime.recentDeletes.overtakenBy(batch, seenSeqId) : 0;
            if (overtaker > 0) {
                throw new Deleting.Overtaken(overtaker);
            }
            Appended appended = wal.append(header, batch.encoded());
            if (key != null) {
                keys.remember(key.appended(appended, batch.size()));
            }
            if (decidesDimension(runtime.info(), batch)) {
                runtime.info(runtime.info().withDimension(batch.dimension()));
            }
            if (deletes) {
                runtime.recentDeletes.appended(batch, appended.maxSeqId(), runtime.applied.position());
            }
            runtime.appended(new Range(appended.minSeqId(), appended.maxSeqId(), appended.position(),
                    durability == Durability.OS, batch.encodedBytes(), header.records(),
                    appended.appendTimeMillis()));
            backlog.appended(batch.encodedBytes());
            return new Place(appended.minSeqId(), appended.maxSeqId(), batch.size(), false);
        } finally {
            runtime.appendLock.unlock();
        }
    }

    /** The first batch that can insert decides; an update of an empty collection changes nothing. */
    static boolean decidesDimension(CollectionInfo info, RecordBatch batch) {
        return info.dimension() == 0 && batch.embeddingCount() > 0 && batch.operation() != Operation.UPDATE;
    }

    private CompletableFuture<WriteAck> acknowledge(CollectionRuntime runtime, Place place,
            Durability durability,
            int bytes, long start) {
        WriteAck ack = new WriteAck(place.minSeqId, place.maxSeqId, place.records, durability,
                place.replayed);
        Boolean ownMode = runtime.info().config().batchIngest();
        boolean batchIngest = ownMode == null ? options.batchIngest() : ownMode;
        return reached(place, durability).thenCompose(durable -> {
            runtime.acked(place.maxSeqId);
            pool.wakeApply(runtime);
            return batchIngest
                    ? (place.replayed ? NOW : admission.paced(runtime)).thenApply(given -> ack)
                    : linked(runtime, place.maxSeqId).thenApply(linked -> ack);
        }).whenComplete((done, failure) -> {
            if (failure != null) {
                metrics.refused("unacknowledged");
            } else if (place.replayed) {
                metrics.replayed();
            } else {
                metrics.acked(durability, batchIngest, place.records, bytes, System.nanoTime() - start);
            }
        });
    }

    private CompletableFuture<Void> linked(CollectionRuntime runtime, long seqId) {
        if (runtime.held.isUnopened()) {
            // What has no vectors is applied without it; else it would wait for its turn after the start.
            opener.accept(runtime);
        }
        return runtime.linked.reached(seqId);
    }

    private CompletableFuture<Void> reached(Place place, Durability durability) {
        WalException broken = place.replayed ? wal.failure() : null;
        if (durability == Durability.SYNC || broken != null && place.maxSeqId > wal.durableSeqId()) {
            // A failed sync may have taken pages away, so an earlier append that it was to cover is worth nothing.
            return Errors.mapLog(wal.durable(place.maxSeqId));
        }
        return CompletableFuture.completedFuture(null);
    }

    /** Ties an entry to this collection and no other that might ever have had its number. */
    static int incarnation(CollectionInfo info) {
        return (int) info.id().getLeastSignificantBits();
    }
}
