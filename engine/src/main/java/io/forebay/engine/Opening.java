package io.forebay.engine;

import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After a start opens the vector segments that nobody has needed yet, so that a start need not: whether their vectors are
 * sound is known soon, a first query need not wait, and what of their graphs was not stored is linked. Who needs a
 * collection before its turn opens it himself ({@link VectorLoading}).
 *
 * <p>Not the indexers' work: one large collection takes seconds, in which they would apply nothing.
 *
 * <p>Threads: {@code opener-n}; a collection at a time each. With a memory budget what it has no room for is
 * unloaded as soon as it was looked at ({@link MemoryBudget#opened}).
 *
 * <p>Failure: logged once, the collection's trouble, tried again every few seconds; the others go on.
 */
final class Opening {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);
    private static final long RETRY_MILLIS = 5_000;

    private final VectorLoading loading;
    private final MemoryBudget budget;
    private final Executor openers;
    private final ScheduledExecutorService timer;
    private final Queue<CollectionRuntime> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger untried = new AtomicInteger();
    private final CompletableFuture<Void> tried = new CompletableFuture<>();
    private volatile boolean closed;

    Opening(VectorLoading loading, MemoryBudget budget, Executor openers, ScheduledExecutorService timer) {
        this.loading = loading;
        this.budget = budget;
        this.openers = openers;
        this.timer = timer;
    }

    /** Once; {@code threads} of them open at the same time. */
    void start(Collection<CollectionRuntime> found, int threads) {
        found.stream().filter(runtime -> runtime.held.isUnopened()).forEach(waiting::add);
        int count = waiting.size();
        untried.set(count);
        if (count == 0) {
            tried.complete(null);
        }
        long start = System.nanoTime();
        for (int i = 0; i < Math.min(threads, count); i++) {
            openers.execute(this::run);
        }
        tried.thenRun(() -> LOG.debug("{} collections opened after {} ms", count,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));
    }

    /** Completes when each that the start found was opened, or that was tried, or is needed no more. */
    CompletableFuture<Void> tried() {
        return tried;
    }

    private void run() {
        for (CollectionRuntime next = waiting.poll(); next != null && !closed; next = waiting.poll()) {
            open(next, false);
            if (untried.decrementAndGet() == 0) {
                tried.complete(null);
            }
        }
    }

    private void open(CollectionRuntime runtime, boolean again) {
        if (closed || runtime.isDropped() || !runtime.held.isUnopened()) {
            return;
        }
        try {
            loading.forUse(runtime);
            budget.opened(runtime);
        } catch (RuntimeException | Error failure) {
            if (!closed && !runtime.isDropped()) {
                if (!again) {
                    LOG.error("collection {} ({}): its vectors cannot be opened; trying again every {} s",
                            runtime.number, runtime.info().name(), RETRY_MILLIS / 1000, failure);
                }
                retryLater(runtime);
            }
        }
    }

    private void retryLater(CollectionRuntime runtime) {
        try {
            timer.schedule(() -> openers.execute(() -> open(runtime, true)), RETRY_MILLIS,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.debug("collection {} is not opened any more", runtime.number);
        }
    }

    /** Ends behind those that are being opened. */
    void close() {
        closed = true;
    }
}
