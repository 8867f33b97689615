package io.forebay.client.load;

import io.forebay.client.CollectionClient;
import io.forebay.client.WriteSettings;
import io.forebay.client.Written;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.RecordBatch;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends one batch until it is settled: acknowledged, refused, or given up.
 *
 * <p>Each attempt has the same key, so however often a batch goes out, it is done once. A refusal for what is in the batch
 * has its halves sent, down to the record that is bad. What may pass (a server that is away, busy, or out of space) is
 * tried again with growing pauses, as long as the patience lasts; anything else ends the load.
 *
 * <p>Threads: batches are made and sent on {@code load-send-n}; answers come on threads of the client, which do little.
 */
final class Sending {
    private static final long PAUSE_NANOS_MIN = 100_000_000L;
    private static final long PAUSE_NANOS_MAX = 5_000_000_000L;
    private static final long BACKOFF_SECONDS = 1;

    private final CollectionClient collection;
    private final LoadSettings settings;
    private final LoadThreads threads;
    private final ErrorReports errors;
    @SuppressWarnings("NullAway.Init") // they know each other
    private Flow flow;

    Sending(CollectionClient collection, LoadSettings settings, LoadThreads threads, ErrorReports errors) {
        this.collection = collection;
        this.settings = settings;
        this.threads = threads;
        this.errors = errors;
    }

    void connect(Flow itsFlow) {
        flow = itsFlow;
    }

    void send(LoadBatch batch) {
        try {
            threads.senders.execute(() -> {
                try {
                    attempt(batch);
                } catch (RuntimeException | Error defect) {
                    broken(batch, defect);
                }
            });
        } catch (RejectedExecutionException closed) {
            flow.abandoned(batch);
        }
    }

    private void attempt(LoadBatch batch) {
        RecordBatch encoded;
        try {
            encoded = batch.encode(settings.operation);
        } catch (ForebayException bad) {
            refused(batch, bad);
            return;
        } catch (RuntimeException defect) {
            failed(batch, defect);
            return;
        }
        if (encoded.encodedBytes() > settings.batchBytesMax && batch.records.size() > 1) {
            flow.halve(batch);
            return;
        }
        WriteSettings write = new WriteSettings(settings.durability,
                LoadCheckpoint.key(settings.loader, batch.range()));
        try {
            collection.writeAsync(encoded, write).whenComplete((written, failure) -> answered(batch,
                    encoded.encodedBytes(), written, failure));
        } catch (RuntimeException atOnce) {
            answered(batch, 0, null, atOnce);
        }
    }

    private void answered(LoadBatch batch, int bytes, @Nullable Written written,
            @Nullable Throwable failure) {
        try {
            if (written != null) {
                flow.acked(batch, bytes, written.replayed());
                return;
            }
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                    ? failure.getCause()
                    : failure;
            failed(batch, cause);
        } catch (RuntimeException | Error defect) {
            broken(batch, defect);
        }
    }

    /** A batch that nobody settles would be waited for without end. */
    private void broken(LoadBatch batch, Throwable defect) {
        ForebayException cause = fatal(batch, defect);
        flow.fail(cause);
        flow.abandoned(batch);
        batch.done.completeExceptionally(cause);
    }

    private void failed(LoadBatch batch, @Nullable Throwable cause) {
        if (!(cause instanceof ForebayException known)) {
            flow.fail(fatal(batch, cause));
            flow.abandoned(batch);
            return;
        }
        switch (known.code()) {
            case INVALID_ARGUMENT, UNPROCESSABLE, PAYLOAD_TOO_LARGE -> refused(batch, known);
            case BACKOFF -> backOff(batch, known);
            case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, INSUFFICIENT_STORAGE -> again(batch, known,
                    pause(batch.attempts));
            default -> {
                flow.fail(fatal(batch, known));
                flow.abandoned(batch);
            }
        }
    }

    private void refused(LoadBatch batch, ForebayException reason) {
        if (batch.records.size() > 1) {
            flow.halve(batch);
            return;
        }
        LoadRecord record = batch.records.get(0);
        try {
            errors.report(new RecordError(record.position(), record.id(), reason.code(),
                    String.valueOf(reason.getMessage())));
        } catch (RuntimeException notTold) {
            flow.fail(fatal(batch, notTold));
            flow.abandoned(batch);
            return;
        }
        flow.refused(batch, reason);
    }

    private void backOff(LoadBatch batch, ForebayException busy) {
        long wait = Flow.nanos(Math.max(BACKOFF_SECONDS, busy.retryAfterSeconds()));
        flow.backoff(wait);
        again(batch, busy, wait + ThreadLocalRandom.current().nextLong(1 + wait / 4));
    }

    private static long pause(int attempts) {
        long pause = Math.min(PAUSE_NANOS_MAX, PAUSE_NANOS_MIN << Math.min(10, attempts));
        return pause + ThreadLocalRandom.current().nextLong(1 + pause / 4);
    }

    private void again(LoadBatch batch, ForebayException why, long pauseNanos) {
        long now = System.nanoTime();
        if (batch.attempts++ == 0) {
            batch.firstFailureNanos = now;
        }
        if (now - batch.firstFailureNanos > settings.patience.toNanos()) {
            flow.fail(fatal(batch, why));
            flow.abandoned(batch);
            return;
        }
        if (why.code() != ErrorCode.BACKOFF) {
            flow.countRetry();
        }
        try {
            threads.timer.schedule(() -> {
                if (flow.isStopping()) {
                    flow.abandoned(batch);
                } else {
                    send(batch);
                }
            }, pauseNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            flow.abandoned(batch);
        }
    }

    private ForebayException fatal(LoadBatch batch, @Nullable Throwable cause) {
        String where = "the batch of positions " + batch.range() + ": ";
        if (cause instanceof ForebayException known) {
            String hint = known.code() == ErrorCode.ALREADY_EXISTS
                    ? " (an earlier run of this load sent other records at these positions: the source has changed)"
                    : "";
            return new ForebayException(known.code(), where + known.getMessage() + hint, known);
        }
        return new ForebayException(ErrorCode.INTERNAL, where + cause,
                cause == null ? new IllegalStateException() : cause);
    }
}
