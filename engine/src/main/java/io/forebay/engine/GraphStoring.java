package io.forebay.engine;

import io.forebay.index.vector.VectorSegment;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes graphs to disk, so that a start need not build them again: with a checkpoint those that have grown
 * by a fifth or were replaced, at close those of which a start would otherwise notice the rest.
 *
 * <p>Has no part in recovery: a graph only says which vectors are near which, and what of it is not committed
 * is left out when it is read. So it needs no order with the flush of RocksDB, and one that is missing costs
 * time only.
 *
 * <p>Threads: the checkpointer's, and who closes the store. Takes no lock that appliers, linkers or readers
 * need.
 *
 * <p>Failure: logged, shown in health, tried again with the next checkpoint; everything else goes on.
 */
final class GraphStoring {
    private static final Logger LOG = LoggerFactory.getLogger(GraphStoring.class);

    private volatile @Nullable String trouble;

    /** Why a graph could not be written the last time; null when all that were due are. */
    @Nullable
    String trouble() {
        return trouble;
    }

    void atCheckpoint(Iterable<CollectionRuntime> runtimes) {
        run(runtimes, VectorSegment::isGraphStoreDue);
    }

    void atClose(Iterable<CollectionRuntime> runtimes) {
        run(runtimes, VectorSegment::isGraphStoreDueAtClose);
    }

    private void run(Iterable<CollectionRuntime> runtimes, Predicate<VectorSegment> due) {
        String failed = null;
        for (CollectionRuntime runtime : runtimes) {
            VectorSegment segment = runtime.vectors();
            try {
                if (segment != null && !runtime.isDropped() && due.test(segment)) {
                    long start = System.nanoTime();
                    long bytes = segment.storeGraph();
                    LOG.debug("collection {}: graph of {} bytes written in {} ms", runtime.number, bytes,
                            (System.nanoTime() - start) / 1_000_000);
                }
            } catch (RuntimeException failure) {
                // A collection that is being dropped may lose its directory meanwhile.
                if (!runtime.isDropped()) {
                    failed = "the graph of collection " + runtime.number + " (" + runtime.info().name()
                            + ") could not be written; without it a start builds it again: "
                            + failure.getMessage();
                    LOG.warn("{}", failed);
                }
            }
        }
        trouble = failed;
    }
}
