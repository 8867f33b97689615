package io.forebay.engine;

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
import java.util.concurrent.atomic.AtomicLong;

/**
 * From a batch to its acknowledgement: check, append, queue the range, answer.
 *
 * <p>Threads: any. The caller's thread checks and appends (a copy into the log's mapping); the answer comes from the
 * log's sync thread ({@code sync}), from the caller's ({@code os}) or from an indexer (batch ingest off).
 *
 * <p>Invariants: everything that a client could mend is found before the append, so that after an ack applying cannot
 * fail for such a reason; a range is queued in the order of the log; nothing is acknowledged before its durability is
 * reached, and an indexer is woken only then, so nothing is applied that is neither durable nor acked.
 *
 * <p>Failure: a refused append changes nothing. If the sync that covers a batch fails, the batch is not acknowledged,
 * the log refuses all further writes, and health turns red.
 */
final class WritePath {
    private final Wal wal;
    private final ForebayOptions options;
    private final IndexerPool pool;
    private final LinkGovernor governor;
    private final EngineMetrics metrics;
    private final AtomicLong pendingBytes;

    WritePath(Wal wal, ForebayOptions options, IndexerPool pool, LinkGovernor governor, EngineMetrics metrics,
            AtomicLong pendingBytes) {
        this.governor = governor;
        this.wal = wal;
        this.options = options;
        this.pool = pool;
        this.metrics = metrics;
        this.pendingBytes = pendingBytes;
    }

    CompletableFuture<WriteAck> write(CollectionRuntime runtime, RecordBatch batch, WriteOptions asked) {
        long start = System.nanoTime();
        Durability durability = asked.durability() == null ? options.durability() : asked.durability();
        try {
            if (batch.size() == 0) {
                long at = runtime.lastAppended();
                return CompletableFuture.completedFuture(new WriteAck(at, at, 0, durability));
            }
            checkLimits(runtime, batch);
            Appended appended = append(runtime, batch, durability);
            governor.appended();
            return acknowledge(runtime, batch, durability, appended, start);
        } catch (ForebayException refused) {
            metrics.refused(refused.code().wireName());
            return CompletableFuture.failedFuture(refused);
        } catch (WalException refused) {
            metrics.refused(refused.reason().name());
            return CompletableFuture.failedFuture(Errors.ofLog(refused));
        }
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
        long pending = pendingBytes.get();
        if (pending > options.logBytesMax()) {
            throw new ForebayException(ErrorCode.BACKOFF, "The log holds " + pending
                    + " bytes that are not applied yet (logBytesMax " + options.logBytesMax()
                    + "): backoff and try again");
        }
        checkDimension(runtime.info(), batch);
    }

    private static void checkDimension(CollectionInfo info, RecordBatch batch) {
        if (batch.embeddingCount() > 0 && info.dimension() != 0 && info.dimension() != batch.dimension()) {
            throw ForebayException
                    .invalid("Collection expecting embedding with dimension of " + info.dimension()
                            + ", got " + batch.dimension());
        }
    }

    private Appended append(CollectionRuntime runtime, RecordBatch batch, Durability durability) {
        EntryHeader header = new EntryHeader(runtime.number, incarnation(runtime.info()),
                CatalogService.ENTRY_BATCH, batch.size(), 0);
        runtime.appendLock.lock();
        try {
            if (runtime.isDropped()) {
                throw runtime.droppedError();
            }
            checkDimension(runtime.info(), batch);
            Appended appended = wal.append(header, batch.encoded());
            if (decidesDimension(runtime.info(), batch)) {
                runtime.info(runtime.info().withDimension(batch.dimension()));
            }
            runtime.appended(new Range(appended.minSeqId(), appended.maxSeqId(), appended.position(),
                    durability == Durability.OS, batch.encodedBytes(), batch.size(),
                    appended.appendTimeMillis()));
            pendingBytes.addAndGet(batch.encodedBytes());
            return appended;
        } finally {
            runtime.appendLock.unlock();
        }
    }

    /** The first batch that can insert decides; an update of an empty collection changes nothing. */
    static boolean decidesDimension(CollectionInfo info, RecordBatch batch) {
        return info.dimension() == 0 && batch.embeddingCount() > 0 && batch.operation() != Operation.UPDATE;
    }

    private CompletableFuture<WriteAck> acknowledge(CollectionRuntime runtime, RecordBatch batch,
            Durability durability, Appended appended, long start) {
        WriteAck ack = new WriteAck(appended.minSeqId(), appended.maxSeqId(), batch.size(), durability);
        Boolean ownMode = runtime.info().config().batchIngest();
        boolean batchIngest = ownMode == null ? options.batchIngest() : ownMode;
        CompletableFuture<Void> reached = durability == Durability.OS
                ? CompletableFuture.completedFuture(null)
                : Errors.mapLog(wal.durable(appended.maxSeqId()));
        return reached.thenCompose(durable -> {
            runtime.acked(appended.maxSeqId());
            pool.wakeApply(runtime);
            return batchIngest
                    ? CompletableFuture.completedFuture(ack)
                    : runtime.linked.reached(appended.maxSeqId()).thenApply(linked -> ack);
        }).whenComplete((done, failure) -> {
            if (failure == null) {
                metrics.acked(durability, batchIngest, batch.size(), batch.encodedBytes(),
                        System.nanoTime() - start);
            } else {
                metrics.refused("unacknowledged");
            }
        });
    }

    /** Ties an entry to this collection and no other that might ever have had its number. */
    static int incarnation(CollectionInfo info) {
        return (int) info.id().getLeastSignificantBits();
    }
}
