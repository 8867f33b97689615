package io.forebay.bench.run;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Payload;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.CpuMeter;
import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.engine.Position;
import io.forebay.engine.VectorCollection;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Durability;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Loads a store in this process with one indexer thread and counts that thread's CPU time.
 *
 * <p>The records are made before the clock starts. Durability is {@code os}: the log's syncs are no part of
 * applying, and waiting for them would only starve the indexer. While a backlog waits, the one indexer
 * applies and does not link.
 */
final class ApplyMeasurement {
    private final BenchData data;
    private final Workspace workspace;
    private final int batchRecords;

    ApplyMeasurement(BenchData data, Workspace workspace, int batchRecords) {
        this.data = data;
        this.workspace = workspace;
        this.batchRecords = batchRecords;
    }

    ApplyRun run(int round, Payload payload, long records) throws IOException {
        List<RecordBatch> batches = batches(payload, records);
        Path directory = workspace.newDirectory("apply-" + payload);
        IndexerCpu indexer = new IndexerCpu();
        ForebayOptions options = ForebayOptions.defaults().withIndexerThreads(1)
                .withDurability(Durability.OS);
        CpuMeter meter;
        IndexerCpu.Counts atApplied;
        double wall;
        double append;
        try (Forebay forebay = Forebay.open(directory, options, indexer)) {
            VectorCollection collection = forebay.getOrCreateCollection("bench",
                    CollectionConfig.of(data.dataset().space()));
            meter = CpuMeter.start(null);
            double appendAtStart = ownThreadSeconds();
            long start = System.nanoTime();
            write(collection, batches);
            append = ownThreadSeconds() - appendAtStart;
            collection.flush(Position.APPLIED).join();
            wall = (System.nanoTime() - start) / 1e9;
            atApplied = indexer.counts();
            checkApplied(collection, records);
        }
        CpuMeter.Usage cpu = meter.stop();
        Workspace.delete(directory);
        return new ApplyRun(round, payload, records, wall, atApplied.applySeconds(),
                indexer.counts().linkSeconds(), atApplied.linked(), append, cpu.ownSeconds(), cpu);
    }

    private List<RecordBatch> batches(Payload payload, long records) {
        BatchSource source = new BatchSource(data, payload, batchRecords, records);
        List<RecordBatch> batches = new ArrayList<>();
        for (RecordBatch batch = source.next(); batch != null; batch = source.next()) {
            batches.add(batch);
        }
        return batches;
    }

    private static void write(VectorCollection collection, List<RecordBatch> batches) {
        List<CompletableFuture<?>> acks = new ArrayList<>(batches.size());
        batches.forEach(batch -> acks.add(collection.write(batch)));
        acks.forEach(CompletableFuture::join);
    }

    private static void checkApplied(VectorCollection collection, long records) {
        long live = collection.status().records();
        if (live != records) {
            throw new BenchException(records + " records were written, " + live + " are applied");
        }
    }

    private static double ownThreadSeconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
    }
}
