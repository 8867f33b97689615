package io.forebay.client;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.RecordBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Batches for many collections: of each collection one after the other, of several collections at the same time.
 *
 * <p>Threads: none of its own; the next batch of a collection is sent by whoever learns of the last one's ack.
 */
final class ParallelUpload {
    private final ParallelSettings settings;
    private final ArrayDeque<One> waiting = new ArrayDeque<>();
    private final Map<CollectionClient, UploadResult> results = new LinkedHashMap<>();
    private final CompletableFuture<Map<CollectionClient, UploadResult>> answer = new CompletableFuture<>();
    private final Object lock = new Object();
    private int left;
    private long recordsOfAll;

    private ParallelUpload(Map<CollectionClient, ? extends Iterable<RecordBatch>> uploads,
            ParallelSettings settings) {
        this.settings = settings;
        left = uploads.size();
        uploads.forEach((collection, batches) -> {
            waiting.add(new One(collection, batches.iterator()));
            results.put(collection, new UploadResult(List.of(), null)); // keeps the caller's order
        });
    }

    static CompletableFuture<Map<CollectionClient, UploadResult>> start(
            Map<CollectionClient, ? extends Iterable<RecordBatch>> uploads, ParallelSettings settings) {
        ParallelUpload upload = new ParallelUpload(uploads, settings);
        if (upload.left == 0) {
            upload.answer.complete(upload.results);
        }
        for (int i = 0; i < settings.collectionsAtOnce(); i++) {
            upload.next();
        }
        return upload.answer;
    }

    /** A loop where collections end at once, so that the stack does not grow. */
    private void next() {
        One one = poll();
        while (one != null && one.step()) {
            one = poll();
        }
    }

    private @Nullable One poll() {
        synchronized (lock) {
            return waiting.poll();
        }
    }

    /** One collection. Of several threads that step it, each begins when the one before it is done. */
    private final class One {
        private final CollectionClient collection;
        private final Iterator<RecordBatch> batches;
        private final List<Written> acks = new ArrayList<>();
        private long records;

        One(CollectionClient collection, Iterator<RecordBatch> batches) {
            this.collection = collection;
            this.batches = batches;
        }

        /** A loop where acks are there at once, too. True when it is over; else {@link #goOn} takes it from here. */
        boolean step() {
            try {
                while (batches.hasNext()) {
                    CompletableFuture<Written> write = collection.writeAsync(batches.next(),
                            settings.settings());
                    AtomicBoolean isSettled = new AtomicBoolean();
                    write.whenComplete((ack, failure) -> {
                        if (isSettled.getAndSet(true)) {
                            goOn(write);
                        }
                    });
                    if (!isSettled.getAndSet(true)) {
                        return false;
                    }
                    acked(write.join());
                }
                over(null);
            } catch (RuntimeException failure) {
                over(known(failure));
            }
            return true;
        }

        private void goOn(CompletableFuture<Written> settled) {
            boolean isOver = true;
            try {
                acked(settled.join());
                isOver = step();
            } catch (RuntimeException failure) {
                over(known(failure));
            }
            if (isOver) {
                next();
            }
        }

        private void acked(Written ack) {
            acks.add(ack);
            tell(ack.records(), false);
        }

        private void tell(int more, boolean isOver) {
            synchronized (lock) {
                records += more;
                recordsOfAll += more;
                settings.progress().accept(new UploadProgress(collection, records, recordsOfAll, isOver));
            }
        }

        private void over(@Nullable ForebayException failure) {
            ForebayException told = failure;
            try {
                tell(0, true);
            } catch (RuntimeException ofListener) {
                told = told == null ? known(ofListener) : told;
            }
            boolean isLast;
            synchronized (lock) {
                results.put(collection, new UploadResult(acks, told));
                left--;
                isLast = left == 0;
            }
            if (isLast) {
                answer.complete(results);
            }
        }
    }

    private static ForebayException known(Throwable failure) {
        Throwable cause = Waiting.cause(failure);
        return cause instanceof ForebayException known
                ? known
                : new ForebayException(ErrorCode.INTERNAL, "the upload failed: " + cause, cause);
    }
}
