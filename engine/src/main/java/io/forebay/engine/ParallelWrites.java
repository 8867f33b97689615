package io.forebay.engine;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.RecordBatch;
import io.forebay.model.WriteAck;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Batches for many collections: appended in turns, one of each collection, so that a sync covers several; each
 * collection's in their order. A batch does not wait for the ack of the one before, only for room: appended and not
 * acknowledged are at most {@code bytesMax} (one batch more, whatever its size).
 *
 * <p>Threads: none of its own. The caller appends as far as there is room; what acks make possible later is appended
 * by the executor, because they come on threads that must not copy batches.
 *
 * <p>Invariants: one thread appends at a time, so batches of a collection get into the log in their order. A batch that
 * is taken from its list is counted as unanswered, so a collection is over only when every ack is there.
 *
 * <p>Failure: of its own collection only: no further batch of it is appended. What was appended behind a batch whose
 * ack fails (a sync that failed, not a refusal) may be in the log.
 */
final class ParallelWrites {
    static final long BYTES_MAX = 32L << 20;

    /** {@link Forebay#write}. */
    interface Writer {
        CompletableFuture<WriteAck> write(UUID collection, RecordBatch batch);
    }

    private final Writer writer;
    private final Executor threads;
    private final long bytesMax;
    private final CompletableFuture<Map<UUID, BatchesResult>> answer = new CompletableFuture<>();
    private final Object lock = new Object();
    private final ArrayDeque<One> ready = new ArrayDeque<>();
    private final Map<UUID, BatchesResult> results = new LinkedHashMap<>();
    private int left;
    private long bytes;
    private boolean isAppending;

    private ParallelWrites(Writer writer, Executor threads, long bytesMax) {
        this.writer = writer;
        this.threads = threads;
        this.bytesMax = bytesMax;
    }

    static CompletableFuture<Map<UUID, BatchesResult>> start(Map<UUID, List<RecordBatch>> uploads,
            Writer writer,
            Executor threads, long bytesMax) {
        ParallelWrites writes = new ParallelWrites(writer, threads, bytesMax);
        uploads.forEach((collection, batches) -> {
            writes.results.put(collection, new BatchesResult(List.of(), null)); // keeps the caller's order
            writes.ready.add(writes.new One(collection, batches.iterator()));
        });
        writes.left = uploads.size();
        if (writes.left == 0) {
            writes.answer.complete(writes.results);
        }
        writes.isAppending = true;
        writes.append();
        return writes.answer;
    }

    /** Only by whoever set {@link #isAppending}. */
    private void append() {
        while (true) {
            One next;
            synchronized (lock) {
                next = bytes < bytesMax ? ready.poll() : null;
                if (next == null) {
                    isAppending = false;
                    return;
                }
            }
            next.append();
        }
    }

    private final class One {
        private final UUID collection;
        private final Iterator<RecordBatch> batches;
        private final Map<Integer, WriteAck> acks = new TreeMap<>();
        private int appended;
        private int unanswered;
        private boolean isOver;
        private int failedBatch = Integer.MAX_VALUE;
        private @Nullable ForebayException failure;

        One(UUID collection, Iterator<RecordBatch> batches) {
            this.collection = collection;
            this.batches = batches;
        }

        void append() {
            RecordBatch batch;
            int number;
            synchronized (lock) {
                // Taken and counted at once: an ack that comes in between would find that nothing is left.
                batch = failure == null && batches.hasNext() ? batches.next() : null;
                number = appended;
                if (batch != null) {
                    appended++;
                    unanswered++;
                    bytes += batch.encodedBytes();
                }
            }
            if (batch == null) {
                finish();
                return;
            }
            int encodedBytes = batch.encodedBytes();
            CompletableFuture<WriteAck> write;
            try {
                write = writer.write(collection, batch);
            } catch (RuntimeException refused) {
                write = CompletableFuture.failedFuture(refused);
            }
            boolean goesOn = !write.isCompletedExceptionally();
            write.whenComplete((ack, failed) -> settled(number, encodedBytes, ack, failed));
            if (goesOn) {
                synchronized (lock) {
                    if (failure == null) {
                        ready.add(this);
                    }
                }
            }
        }

        private void settled(int number, int freed, @Nullable WriteAck ack, @Nullable Throwable failed) {
            synchronized (lock) {
                bytes -= freed;
                unanswered--;
                if (ack != null) {
                    acks.put(number, ack);
                } else if (number < failedBatch) {
                    failedBatch = number;
                    failure = known(failed);
                    ready.remove(this);
                }
            }
            finish();
            goOn();
        }

        /** Where nothing of it is left to append, and every answer is there. */
        private void finish() {
            boolean isLast;
            synchronized (lock) {
                if (isOver || unanswered > 0 || failure == null && batches.hasNext()) {
                    return;
                }
                isOver = true;
                acks.keySet().removeIf(number -> number > failedBatch);
                results.put(collection, new BatchesResult(new ArrayList<>(acks.values()), failure));
                left--;
                isLast = left == 0;
            }
            if (isLast) {
                answer.complete(results);
            }
        }
    }

    private void goOn() {
        synchronized (lock) {
            if (isAppending || ready.isEmpty() || bytes >= bytesMax) {
                return;
            }
            isAppending = true;
        }
        try {
            threads.execute(this::append);
        } catch (RuntimeException closed) {
            append(); // each is refused with the reason
        }
    }

    private static ForebayException known(@Nullable Throwable failed) {
        Throwable cause = failed instanceof CompletionException && failed.getCause() != null
                ? failed.getCause()
                : failed;
        return cause instanceof ForebayException known
                ? known
                : new ForebayException(ErrorCode.INTERNAL, "a batch failed: " + cause);
    }
}
