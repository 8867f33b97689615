package io.forebay.engine;

import io.forebay.model.DeleteRequest;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.WriteAck;
import java.util.concurrent.CompletableFuture;

/**
 * Deletes by ids and filter: look for what is there, log a delete of that, answer how many they were. When another delete
 * of one of them got into the log between, look again behind it: so each record counts for one delete only, and who deletes
 * different records waits for nobody.
 *
 * <p>Threads: any; waits without a thread.
 */
final class Deleting {
    private final ReadPath reads;
    private final WritePath writes;
    private final ReadWaits waits;

    /** Another delete of the same records came first; nothing was appended. */
    static final class Overtaken extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final long seqId;

        Overtaken(long seqId) {
            super("overtaken by the delete with seqId " + seqId, null, false, false);
            this.seqId = seqId;
        }
    }

    Deleting(ReadPath reads, WritePath writes, ReadWaits waits) {
        this.reads = reads;
        this.writes = writes;
        this.waits = waits;
    }

    CompletableFuture<WriteAck> delete(CollectionRuntime runtime, DeleteRequest request,
            WriteOptions options) {
        if (request.ids() == null && request.where() == null) {
            return CompletableFuture.failedFuture(ForebayException
                    .invalid("Validation error: ids, where: Either ids or where must be specified"));
        }
        // A retry finds what it is to delete no more, so its key is looked for first.
        int fingerprint = options.idempotencyKey() == null ? 0 : Fingerprint.of(request);
        CompletableFuture<WriteAck> answered = writes.answered(runtime, fingerprint, options);
        return answered != null ? answered : behind(0, runtime, request, options, fingerprint);
    }

    private CompletableFuture<WriteAck> behind(long seqId, CollectionRuntime runtime, DeleteRequest request,
            WriteOptions options, int fingerprint) {
        int limit = request.limit() == null ? -1 : request.limit();
        // Whatever the collection's own level: what was acked is to be deleted.
        return reads.matching(runtime, request.ids(), request.where(), limit,
                new ReadOptions(ReadLevel.INDEX_AND_WAL, seqId, 0)).thenCompose(found -> {
                    RecordBatch batch = RecordBatch.builder(Operation.DELETE).ids(found.ids())
                            .origin(fingerprint).build();
                    try {
                        return writes.delete(runtime, batch, found.appliedSeqId(), options);
                    } catch (Overtaken by) {
                        // It may not be acked yet, so a read would not wait for it.
                        return waits.applied(runtime, by.seqId).thenCompose(
                                there -> behind(by.seqId, runtime, request, options, fingerprint));
                    }
                });
    }
}
