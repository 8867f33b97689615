package io.forebay.engine;

import io.forebay.index.vector.DeadRows;
import io.forebay.index.vector.VectorSegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is dead in the vector segments before a flush of RocksDB, and may go after it.
 *
 * <p>Not earlier: a vector is dead because a later operation of its record was applied. Until a flush has that operation, a
 * crash brings the record back as it was, with its old ordinal, and the log then applies the operation again. Between, the
 * old vector must be there. What dies after the note was taken waits for the next checkpoint.
 *
 * <p>Threads: one owner, inside a checkpoint; the collections go on applying.
 *
 * <p>Failure: what could not be deleted is logged and tried again at the next checkpoint; the checkpoint is good.
 */
final class Reclaiming {
    private static final Logger LOG = LoggerFactory.getLogger(Reclaiming.class);

    private record Noted(VectorSegment segment, DeadRows dead) {}

    private final Map<CollectionRuntime, Noted> noted = new LinkedHashMap<>();

    private Reclaiming() {}

    /** Before the flush. */
    static Reclaiming note(Iterable<CollectionRuntime> runtimes) {
        Reclaiming all = new Reclaiming();
        for (CollectionRuntime runtime : runtimes) {
            VectorSegment segment = runtime.vectors();
            if (segment != null && !runtime.isDropped()) {
                DeadRows dead = segment.reclaimable();
                if (!dead.isEmpty()) {
                    all.noted.put(runtime, new Noted(segment, dead));
                }
            }
        }
        return all;
    }

    /** After the flush, if it succeeded. */
    void run() {
        noted.forEach((runtime, one) -> {
            try {
                int blocks = runtime.isDropped() ? 0 : one.segment.reclaim(one.dead);
                if (blocks > 0) {
                    LOG.debug("collection {}: {} blocks of dead vectors deleted", runtime.number, blocks);
                }
            } catch (RuntimeException failure) {
                LOG.warn("collection {}: dead vectors stay until the next checkpoint", runtime.number,
                        failure);
            }
        });
    }
}
