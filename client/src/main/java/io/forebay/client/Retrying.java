package io.forebay.client;

import io.forebay.client.AttemptFailure.Kind;
import io.forebay.model.DeleteRequest;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tries again what failed for a reason that passes, over any transport.
 *
 * <table>
 * <caption>What is tried again</caption>
 * <tr><td>429</td><td>everything: the server did nothing</td></tr>
 * <tr><td>not sent: no connection, connection full, server stopping (GOAWAY)</td><td>everything</td></tr>
 * <tr><td>connection broken after sending; 503 with Retry-After</td>
 * <td>reads, flush, writes with a key, get-or-create</td></tr>
 * <tr><td>no answer in time</td><td>writes with a key</td></tr>
 * <tr><td>any other error, also in what was sent</td><td>nothing</td></tr>
 * </table>
 * A write without a key gets one (a UUID) that is the same for all its attempts, so the server does it once.
 * Creating, dropping and forking have no key, and are not tried again once they were sent.
 *
 * <p>Threads: any. The wait between attempts takes none.
 */
final class Retrying implements Transport {
    private final Transport once;
    private final ClientThreads threads;
    private final RetryPolicy policy;

    Retrying(Transport once, ClientThreads threads, RetryPolicy policy) {
        this.once = once;
        this.threads = threads;
        this.policy = policy;
    }

    /** What may be sent once more although the first may have been done. */
    private enum Again {
        NEVER, WHEN_LOST, WHEN_LOST_OR_LATE
    }

    @Override
    public CompletableFuture<Answer> call(Call call) {
        return run(call.isRepeatable() ? Again.WHEN_LOST : Again.NEVER, () -> once.call(call));
    }

    @Override
    public CompletableFuture<Written> write(Routes.Records collection, RecordBatch batch,
            WriteSettings settings) {
        // A batch of nothing needs no key, and with one it would take a place in the log.
        WriteSettings keyed = batch.size() == 0 ? settings : keyed(settings);
        return run(again(keyed), () -> once.write(collection, batch, keyed));
    }

    @Override
    public CompletableFuture<Written> delete(Routes.Records collection, DeleteRequest request, Filter filter,
            WriteSettings settings) {
        WriteSettings keyed = keyed(settings);
        return run(again(keyed), () -> {
            Checks.check(request, filter);
            return once.delete(collection, request, filter, keyed);
        });
    }

    @Override
    public CompletableFuture<List<StoredRecord>> get(Routes.Records collection, GetRequest request,
            Filter filter, ReadOptions options) {
        return run(Again.WHEN_LOST, () -> {
            Checks.check(request);
            return once.get(collection, request, filter, options);
        });
    }

    @Override
    public CompletableFuture<RecordBatch> getBatch(Routes.Records collection, GetRequest request,
            Filter filter, ReadOptions options) {
        return run(Again.WHEN_LOST, () -> {
            Checks.check(request);
            return once.getBatch(collection, request, filter, options);
        });
    }

    @Override
    public CompletableFuture<List<List<Hit>>> query(Routes.Records collection, QueryRequest request,
            Filter filter, ReadOptions options) {
        return run(Again.WHEN_LOST, () -> {
            Checks.check(request);
            return once.query(collection, request, filter, options);
        });
    }

    @Override
    public CompletableFuture<Integer> count(Routes.Records collection, @Nullable List<String> ids,
            Filter filter, ReadOptions options) {
        return run(Again.WHEN_LOST, () -> once.count(collection, ids, filter, options));
    }

    @Override
    public CompletableFuture<Void> flush(Routes.Records collection, FlushPosition position,
            long timeoutMillis) {
        return run(Again.WHEN_LOST, () -> once.flush(collection, position, timeoutMillis));
    }

    @Override
    public CompletableFuture<Answer> lag() {
        return run(Again.WHEN_LOST, once::lag);
    }

    /** One attempt: {@link Changes} knows where to go on, and how long to wait. */
    @Override
    public ChangeSource changes(Routes.Records collection, long fromSeqId) {
        return once.changes(collection, fromSeqId);
    }

    @Override
    public <T> CompletableFuture<T> handOver(CompletableFuture<T> future) {
        return once.handOver(future);
    }

    @Override
    public void close() {
        once.close();
    }

    private WriteSettings keyed(WriteSettings settings) {
        return settings.idempotencyKey() != null || !policy.isOn()
                ? settings
                : settings.withIdempotencyKey(UUID.randomUUID().toString());
    }

    private static Again again(WriteSettings settings) {
        return settings.idempotencyKey() == null ? Again.NEVER : Again.WHEN_LOST_OR_LATE;
    }

    private <T> CompletableFuture<T> run(Again again, Supplier<CompletableFuture<T>> attempt) {
        Attempts<T> attempts = new Attempts<>(again, attempt);
        attempts.begin();
        return attempts.answer;
    }

    /** One operation until it is settled. */
    private final class Attempts<T> {
        private final Again again;
        private final Supplier<CompletableFuture<T>> attempt;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private final long begunNanos = System.nanoTime();
        private int broken;
        private int refused;

        Attempts(Again again, Supplier<CompletableFuture<T>> attempt) {
            this.again = again;
            this.attempt = attempt;
        }

        void begin() {
            try {
                attempt.get().whenComplete(this::settle);
            } catch (RuntimeException unusable) {
                settle(null, unusable);
            }
        }

        @SuppressWarnings("NullAway") // a future's value is what its maker put in
        private void settle(@Nullable T value, @Nullable Throwable failure) {
            if (failure == null) {
                answer.complete(value);
                return;
            }
            Throwable cause = failure instanceof CompletionException
                    && failure.getCause() != null ? failure.getCause() : failure;
            if (!(cause instanceof AttemptFailure attempted)) {
                answer.completeExceptionally(cause);
                return;
            }
            long wait = answer.isDone() ? -1 : wait(attempted);
            ForebayException told = attempted.told();
            if (wait < 0) {
                answer.completeExceptionally(told);
            } else {
                threads.later(wait, this::begin, () -> answer.completeExceptionally(AttemptFailure.closed()));
            }
        }

        /** In milliseconds; negative for no further attempt. */
        private long wait(AttemptFailure failure) {
            if (failure.kind() == Kind.REFUSED) {
                return policy.waitAfterRefusal(failure.retryAfter(), refused++);
            }
            boolean mayRepeat = switch (failure.kind()) {
                case UNSENT -> true;
                case LOST, UNAVAILABLE -> again != Again.NEVER;
                default -> again == Again.WHEN_LOST_OR_LATE;
            };
            return mayRepeat
                    ? policy.waitAfterBreak(failure.retryAfter(), broken++, System.nanoTime() - begunNanos)
                    : -1;
        }
    }
}
