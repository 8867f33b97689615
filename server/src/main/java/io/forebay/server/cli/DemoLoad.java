package io.forebay.server.cli;

import io.forebay.client.CollectionClient;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.model.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Loads batches from concurrent clients, each with a connection of its own, and takes the times.
 *
 * <p>Threads: one {@code client-n} for each client; {@link #ackedRecords} and the futures may be used by any.
 *
 * <p>Failure: the first client that fails stops the others, and {@link #acked} fails with its reason.
 */
final class DemoLoad {
    private final Queue<RecordBatch> waiting;
    private final AtomicLong ackedRecords = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Histogram ackMicros = new ConcurrentHistogram(3);
    private final CompletableFuture<Long> acked = new CompletableFuture<>();
    private final CompletableFuture<Long> applied;
    private final CompletableFuture<Long> linked;
    private final long startNanos;

    private DemoLoad(List<RecordBatch> batches, CollectionClient observer) {
        waiting = new ConcurrentLinkedQueue<>(batches);
        startNanos = System.nanoTime();
        applied = acked.thenCompose(at -> observer.flushAsync(FlushPosition.APPLIED))
                .thenApply(v -> System.nanoTime());
        linked = acked.thenCompose(at -> observer.flushAsync(FlushPosition.LINKED))
                .thenApply(v -> System.nanoTime());
    }

    static DemoLoad start(String url, CollectionClient observer, int clients, List<RecordBatch> batches) {
        DemoLoad load = new DemoLoad(batches, observer);
        List<CompletableFuture<Void>> ended = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            ended.add(end);
            CliThreads.start("client-" + i, () -> load.client(url, observer.name(), end));
        }
        CompletableFuture.allOf(ended.toArray(CompletableFuture[]::new))
                .whenComplete((done, none) -> load.end());
        return load;
    }

    private void client(String url, String collection, CompletableFuture<Void> end) {
        try (ForebayClient client = ForebayClient.connect(url)) {
            CollectionClient target = client.collection(collection);
            for (RecordBatch next = waiting.poll(); next != null
                    && failure.get() == null; next = waiting.poll()) {
                long start = System.nanoTime();
                target.write(next);
                ackMicros.recordValue((System.nanoTime() - start) / 1_000);
                ackedRecords.addAndGet(next.size());
            }
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        } finally {
            end.complete(null);
        }
    }

    private void end() {
        Throwable failed = failure.get();
        if (failed == null) {
            acked.complete(System.nanoTime());
        } else {
            acked.completeExceptionally(failed);
        }
    }

    long startNanos() {
        return startNanos;
    }

    long ackedRecords() {
        return ackedRecords.get();
    }

    /** Microseconds from sending a batch to its answer. */
    Histogram ackMicros() {
        return ackMicros;
    }

    /** When the last batch was acknowledged. */
    CompletableFuture<Long> acked() {
        return acked;
    }

    /** When every read saw all of it. */
    CompletableFuture<Long> applied() {
        return applied;
    }

    /** When all of it was in the vector index. */
    CompletableFuture<Long> linked() {
        return linked;
    }
}
