package io.forebay.engine;

import io.forebay.index.vector.VectorSegment;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens cold vector segments when their vectors are needed: by a query, by a read that returns embeddings, by the applier
 * before a group with vectors. Also those that a start left unopened; of these {@link Opening} opens what nobody needs.
 *
 * <p>Threads: {@link #forUse} loads on the thread that calls it, under the collection's publishLock, so that
 * no group is committed meanwhile and what the record segment says is what the arena must hold. Who loads says so in
 * {@code held.loading}; with it {@link #ready} and {@link #underWay} let reads that come during a load wait without a
 * thread, so that one collection's load takes one query thread at most. Other collections share nothing with it.
 *
 * <p>Failure: a load that fails leaves the collection cold; who needed it is told, the next one tries again. Until one of
 * them succeeds it is the collection's trouble, which health shows.
 */
final class VectorLoading {
    private static final Logger LOG = LoggerFactory.getLogger(VectorLoading.class);
    private static final CompletableFuture<Void> READY = CompletableFuture.completedFuture(null);

    private final Segments segments;
    private final IndexerPool pool;
    private final AtomicLong loads = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong();
    private volatile boolean closed;

    VectorLoading(Segments segments, IndexerPool pool) {
        this.segments = segments;
        this.pool = pool;
    }

    /**
     * Completes when the vectors need not be loaded any more, or that was tried: {@link #forUse} then says.
     */
    CompletableFuture<Void> ready(CollectionRuntime runtime, Executor queries) {
        runtime.held.used();
        if (!runtime.held.isCold()) {
            return READY;
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> other = runtime.held.loading.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        try {
            queries.execute(() -> {
                try {
                    forUse(runtime);
                } catch (RuntimeException failure) {
                    LOG.debug("collection {} is tried again by who needs it", runtime.number, failure);
                } finally {
                    loaded(runtime, mine);
                }
            });
        } catch (RuntimeException refused) {
            loaded(runtime, mine);
        }
        return mine;
    }

    /** Completes when the load that is under way is over, whoever is at it; null when there is none. */
    static @Nullable CompletableFuture<Void> underWay(CollectionRuntime runtime) {
        return runtime.held.loading.get();
    }

    private static void loaded(CollectionRuntime runtime, CompletableFuture<Void> future) {
        runtime.held.loading.set(null);
        future.complete(null);
    }

    /**
     * The segment, loaded if it was cold; null when the collection has no vectors.
     *
     * @throws ForebayException if it is dropped, the store is being closed, or the files cannot be read
     */
    @Nullable
    VectorSegment forUse(CollectionRuntime runtime) {
        runtime.held.used();
        if (!runtime.held.isCold()) {
            return runtime.vectors();
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        boolean told = runtime.held.loading.compareAndSet(null, mine);
        try {
            loadUnderLock(runtime);
        } finally {
            if (told) {
                loaded(runtime, mine);
            }
        }
        // Of a graph that could not be read everything is to be linked.
        pool.wakeLink(runtime);
        return runtime.vectors();
    }

    private void loadUnderLock(CollectionRuntime runtime) {
        runtime.publishLock.lock();
        try {
            if (runtime.held.isCold()) {
                load(runtime);
            }
        } finally {
            runtime.publishLock.unlock();
        }
    }

    private void load(CollectionRuntime runtime) {
        if (runtime.isDropped()) {
            throw runtime.droppedError();
        }
        if (closed) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, "the store is being closed");
        }
        long start = System.nanoTime();
        boolean first = runtime.held.isUnopened();
        try {
            segments.load(runtime);
        } catch (UncheckedIOException failure) {
            String reason = "The vectors of collection [" + runtime.info().name() + "] cannot be loaded: "
                    + failure.getMessage();
            runtime.loadTrouble.failed(reason);
            throw new ForebayException(ErrorCode.UNAVAILABLE, reason, failure);
        } catch (RuntimeException failure) {
            runtime.loadTrouble.failed("The vectors of collection [" + runtime.info().name()
                    + "] cannot be loaded: " + failure.getMessage());
            throw failure;
        }
        runtime.loadTrouble.over();
        if (first) {
            // Only now it is known how many are linked.
            runtime.advanceLinked();
            return;
        }
        long took = System.nanoTime() - start;
        loads.incrementAndGet();
        nanos.addAndGet(took);
        LOG.debug("collection {}: vectors loaded in {} ms", runtime.number,
                TimeUnit.NANOSECONDS.toMillis(took));
    }

    long loads() {
        return loads.get();
    }

    long nanos() {
        return nanos.get();
    }

    /** From now on nothing is loaded; who holds a publishLock may be at it still. */
    void close() {
        closed = true;
    }
}
