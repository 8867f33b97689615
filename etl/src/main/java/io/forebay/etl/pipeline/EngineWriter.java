package io.forebay.etl.pipeline;

import io.forebay.engine.Forebay;
import io.forebay.etl.job.StopSignal;
import io.forebay.model.DeleteRequest;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.RecordBatch;
import io.forebay.model.ReadOptions;
import io.forebay.model.StoredRecord;
import io.forebay.model.WriteAck;
import io.forebay.engine.WriteOptions;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Writes into one collection, each write under a key of its own: repeating one that is in the log already changes nothing.
 * What the engine refuses for now (back-pressure, a full disk) is tried again until the job is stopped.
 *
 * <p>Threads: one.
 */
final class EngineWriter {
    private static final long PAUSE_MILLIS = 500;
    private static final long PAUSE_MILLIS_MAX = 10_000;

    private final Forebay engine;
    private final UUID collection;
    private final StopSignal stop;
    private final Consumer<String> trouble;

    EngineWriter(Forebay engine, UUID collection, StopSignal stop, Consumer<String> trouble) {
        this.engine = engine;
        this.collection = collection;
        this.stop = stop;
        this.trouble = trouble;
    }

    /**
     * What the log has of writes.
     *
     * @param seqId      the last
     * @param operations how many of records; -1 when that is not known
     */
    record Logged(long seqId, long operations) {
        static final Logged NOTHING = new Logged(0, 0);

        Logged and(Logged later) {
            return new Logged(Math.max(seqId, later.seqId),
                    operations < 0 || later.operations < 0 ? -1 : operations + later.operations);
        }
    }

    /** @throws ForebayException for what trying again does not mend */
    Logged write(RecordBatch batch, String key) throws StoppedException, InterruptedException {
        return acked(name -> engine.write(collection, batch, WriteOptions.ofKey(name)), key);
    }

    Logged delete(List<String> ids, String key) throws StoppedException, InterruptedException {
        DeleteRequest request = new DeleteRequest(ids, null, null);
        return acked(name -> engine.delete(collection, request, WriteOptions.ofKey(name)), key);
    }

    List<StoredRecord> get(GetRequest request) throws StoppedException, InterruptedException {
        return patiently(() -> engine.get(collection, request, ReadOptions.DEFAULT));
    }

    private Logged acked(Function<String, CompletableFuture<WriteAck>> write, String key)
            throws StoppedException, InterruptedException {
        try {
            WriteAck ack = patiently(() -> write.apply(key));
            return new Logged(ack.maxSeqId(), ack.records());
        } catch (ForebayException refused) {
            if (refused.code() != ErrorCode.ALREADY_EXISTS) {
                throw refused;
            }
        }
        // Before a kill another write was made of the same extent: a provider or the settings answered differently. What it
        // wrote of these rows is written again: an ADD passes it over, the others repeat it.
        WriteAck again = patiently(() -> write.apply(key + "-" + UUID.randomUUID()));
        return new Logged(again.maxSeqId(), -1);
    }

    private <T> T patiently(Supplier<CompletableFuture<T>> work)
            throws StoppedException, InterruptedException {
        long pause = PAUSE_MILLIS;
        boolean waited = false;
        while (true) {
            try {
                T done = work.get().get();
                if (waited) {
                    trouble.accept("");
                }
                return done;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof ForebayException refused) || !isPassing(refused.code())) {
                    throw e.getCause() instanceof ForebayException told
                            ? told.again()
                            : new IllegalStateException(e.getCause());
                }
                trouble.accept("waiting: " + refused.getMessage());
                pause = Math.max(pause, refused.retryAfterSeconds() * 1000L);
            }
            waited = true;
            if (stop.await(pause)) {
                throw new StoppedException();
            }
            pause = Math.min(PAUSE_MILLIS_MAX, pause * 2);
        }
    }

    private static boolean isPassing(ErrorCode code) {
        return code == ErrorCode.BACKOFF || code == ErrorCode.UNAVAILABLE
                || code == ErrorCode.INSUFFICIENT_STORAGE || code == ErrorCode.DEADLINE_EXCEEDED;
    }
}
