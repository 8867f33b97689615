package io.forebay.bench.record;

import com.sun.management.OperatingSystemMXBean;
import io.forebay.index.record.Applier;
import io.forebay.index.record.RecordReader;
import io.forebay.index.record.RecordStore;
import io.forebay.index.record.RecordStoreConfig;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.Where;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.rocksdb.RocksDBException;

/**
 * Records applied per second of wall clock and per second of CPU (all threads, flushes and compactions
 * included), in batches of 1,000 real records with documents, 4 metadata keys and 384-d embeddings, each
 * batch committed by itself; then the same through a plain per-put {@code WriteBatch}, interleaved with it in
 * the same run; then filter scans.
 *
 * <p>Run: {@code java @jvm.options -cp ... io.forebay.bench.record.ApplyBenchmark [rounds] [data file]
 * [directory]}
 */
public final class ApplyBenchmark {
    private static final int BATCH_RECORDS = 1000;
    private static final int COLLECTION = 1;
    private static final OperatingSystemMXBean SYSTEM = ManagementFactory
            .getPlatformMXBean(OperatingSystemMXBean.class);

    private long wallNanos;
    private long cpuNanos;
    private long records;

    private ApplyBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 12;
        Path data = Path.of(arguments.length > 1 ? arguments[1] : "../shared/data/peps-40509.jsonl.gz");
        Path directory = arguments.length > 2
                ? Path.of(arguments[2])
                : Files.createTempDirectory("forebay-apply-benchmark");
        Files.createDirectories(directory);
        try {
            run(rounds, new PepBatches(data), directory);
        } finally {
            delete(directory);
        }
    }

    private static void run(int rounds, PepBatches peps, Path directory)
            throws IOException, RocksDBException {
        ApplyBenchmark ours = new ApplyBenchmark();
        ApplyBenchmark plain = new ApplyBenchmark();
        ApplyBenchmark upserts = new ApplyBenchmark();
        try (RecordStore store = RecordStore.open(directory.resolve("ours"), RecordStoreConfig.defaults(),
                () -> {});
                PlainStore other = new PlainStore(directory.resolve("plain"))) {
            Applier applier = store.applier(COLLECTION);
            for (int round = 0; round < rounds; round++) {
                List<RecordBatch> batches = peps.batches(Operation.ADD, round, BATCH_RECORDS);
                // The first third warms up; it counts for neither.
                boolean counts = round >= rounds / 3;
                ours.measure(counts, batches, batch -> apply(applier, batch));
                plain.measure(counts, batches, batch -> other.apply(batch, 1));
            }
            print("apply ADD, new ids", ours);
            print("plain WriteBatch", plain);
            System.out.printf(Locale.ROOT, "ratio                %12.2f x by wall, %.2f x by CPU%n",
                    ours.perWallSecond() / plain.perWallSecond(), ours.perCpuSecond() / plain.perCpuSecond());
            for (int round = 0; round < 3; round++) {
                List<RecordBatch> batches = peps.batches(Operation.UPSERT, round * (rounds / 3),
                        BATCH_RECORDS);
                upserts.measure(round > 0, batches, batch -> apply(applier, batch));
            }
            print("apply UPSERT, known", upserts);
            store.flush();
            scans(store);
        }
    }

    private static void apply(Applier applier, RecordBatch batch) {
        long from = applier.commit().appliedSeqId() + 1;
        applier.add(batch, from, from + batch.size() - 1);
        applier.vectors();
        applier.commit();
    }

    private static void scans(RecordStore store) {
        scan(store, "scan pep == 8", new Where.Compare("pep", Where.Comparison.EQ, MetadataValue.of(8)));
        scan(store, "scan status in 2", new Where.In("status", false,
                List.of(MetadataValue.of("Active"), MetadataValue.of("Draft"))));
        scan(store, "scan 3 conditions", new Where.And(List.of(
                new Where.Compare("pep", Where.Comparison.GT, MetadataValue.of(100.5)),
                new Where.Compare("type", Where.Comparison.NE, MetadataValue.of("Process")),
                new Where.Compare("section", Where.Comparison.EQ, MetadataValue.of("Abstract")))));
        scan(store, "scan document $contains", new Where.Document(Where.TextMatch.CONTAINS, "decorator"));
        scan(store, "scan document $regex", new Where.Document(Where.TextMatch.REGEX, "decorat(or|ed)s?"));
    }

    private static void scan(RecordStore store, String name, Where where) {
        long best = Long.MAX_VALUE;
        int matched = 0;
        int rows;
        try (RecordReader reader = store.read(COLLECTION)) {
            rows = reader.count();
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                matched = reader.ordinals(null, where).getCardinality();
                best = Math.min(best, System.nanoTime() - start);
            }
        }
        System.out.printf(Locale.ROOT, "%-24s %,12.0f rows/s, one thread, best of 5 (%,d of %,d match)%n",
                name,
                rows * 1e9 / best, matched, rows);
    }

    private interface Step {
        void apply(RecordBatch batch) throws RocksDBException;
    }

    private void measure(boolean counts, List<RecordBatch> batches, Step step) throws RocksDBException {
        long cpu = SYSTEM.getProcessCpuTime();
        long wall = System.nanoTime();
        for (RecordBatch batch : batches) {
            step.apply(batch);
        }
        if (counts) {
            wallNanos += System.nanoTime() - wall;
            cpuNanos += SYSTEM.getProcessCpuTime() - cpu;
            records += batches.stream().mapToLong(RecordBatch::size).sum();
        }
    }

    private double perWallSecond() {
        return records * 1e9 / wallNanos;
    }

    private double perCpuSecond() {
        return records * 1e9 / cpuNanos;
    }

    private static void print(String name, ApplyBenchmark result) {
        System.out.printf(Locale.ROOT,
                "%-20s %,12.0f records/s wall, %,12.0f records/s of CPU (%,d records)%n", name,
                result.perWallSecond(), result.perCpuSecond(), result.records);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
