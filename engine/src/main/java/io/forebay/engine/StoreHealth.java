package io.forebay.engine;

import io.forebay.index.record.RecordStoreException;
import io.forebay.index.vector.VectorStats;
import io.forebay.wal.WalException;
import io.forebay.wal.WalStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Gathers health and figures from the parts of a store. */
final class StoreHealth {
    private StoreHealth() {}

    static Health of(Store store) {
        List<String> reasons = new ArrayList<>();
        WalException refusing = store.wal.failure();
        if (refusing != null) {
            reasons.add("the log refuses writes: " + refusing.getMessage());
            return new Health(Health.Status.RED, reasons);
        }
        RecordStoreException unwritable = store.records.trouble();
        if (unwritable != null) {
            reasons.add(ApplyFailure.describe(unwritable));
            return new Health(Health.Status.RED, reasons);
        }
        WalException full = store.wal.diskFull();
        if (full != null) {
            reasons.add("writes are refused: " + full.getMessage());
        }
        Stream.of(store.disk.warning(), store.memory.reason() == null
                ? null
                : "writes are refused. " + store.memory.reason()).filter(Objects::nonNull)
                .forEach(reasons::add);
        String checkpoint = store.checkpointer.trouble();
        if (checkpoint != null) {
            reasons.add(checkpoint);
        }
        String graph = store.checkpointer.graphTrouble();
        if (graph != null) {
            reasons.add(graph);
        }
        String indexers = store.pool.trouble();
        if (indexers != null) {
            reasons.add(indexers);
        }
        for (CollectionRuntime runtime : store.catalog.all()) {
            Stream.of(runtime.applyTrouble.reason(), runtime.linkTrouble.reason(),
                    runtime.letters.describe(runtime.info())).filter(Objects::nonNull).forEach(reasons::add);
            VectorStats vectors = runtime.held.stats();
            if (vectors != null && vectors.damaged() > 0) {
                reasons.add("collection " + runtime.number + " (" + runtime.info().name() + ") has "
                        + vectors.damaged() + " vectors that do not match their checksums");
            }
        }
        return new Health(reasons.isEmpty() ? Health.Status.GREEN : Health.Status.YELLOW, reasons);
    }

    static EngineStats stats(Store store) {
        WalStats log = store.wal.stats();
        long vectorBytes = 0;
        long codeBytes = 0;
        long graphBytes = 0;
        int cold = 0;
        for (CollectionRuntime runtime : store.catalog.all()) {
            VectorStats vectors = runtime.held.stats();
            if (vectors == null) {
                continue;
            }
            vectorBytes += vectors.diskBytes();
            if (runtime.held.isCold()) {
                cold++;
            } else {
                codeBytes += vectors.codeBytes();
                graphBytes += vectors.graphBytes();
            }
        }
        return new EngineStats(store.wal.lastSeqId(), store.wal.durableSeqId(), log.bytesOnDisk(),
                log.extents(),
                log.syncs(), log.syncNanosTotal(), log.tornBytes(), store.records.stats().bytesOnDisk(),
                vectorBytes,
                store.backlog.bytes(), store.skippedEntries.get(), store.keys.size(),
                new VectorMemory(codeBytes, graphBytes, cold, store.loading.loads(), store.loading.nanos(),
                        store.budget.unloads()),
                PressureStats.of(store));
    }
}
