package io.forebay.bench.record;

import io.forebay.bench.load.Workspace;
import io.forebay.index.record.Applier;
import io.forebay.index.record.RecordReader;
import io.forebay.index.record.RecordStore;
import io.forebay.index.record.RecordStoreConfig;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.Where;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.roaringbitmap.RoaringBitmap;

/**
 * A filter to the bitmap of the ordinals that it lets through, in a record segment of 100,000 records with postings and text index;
 * a different value each time. No vectors, no HTTP.
 *
 * <p>Run: {@code ./forebay bench jmh FilterBenchmark}; {@code -p kind=RANGE} for one.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FilterBenchmark {
    private static final int RECORDS = 100_000;
    private static final int BATCH = 1_000;
    private static final int COLLECTION = 1;
    private static final String[] WORDS = {"basin", "turbine", "water", "ledger", "segment", "ordinal",
            "batch", "graph", "posting", "vector"};

    /** All but {@code MOST}, {@code TEXT} and {@code HALF} let through one record of a hundred. */
    public enum Kind {
        /** A number that is spread at random. */
        EQUAL,
        /** A hundredth of numbers that are all different. */
        RANGE,
        /** Half of them. */
        HALF,
        /** Four of four hundred strings. */
        AMONG,
        /** Two filters of ten of a hundred each. */
        BOTH,
        /** All but a hundredth. */
        MOST,
        /** A word in a document: one of a hundred. */
        TEXT
    }

    @Param
    public Kind kind = Kind.EQUAL;

    private final Random random = new Random(2);
    private @Nullable Path directory;
    private @Nullable RecordStore store;
    private @Nullable RecordReader reader;

    @Setup
    public void load() throws IOException {
        directory = Files.createTempDirectory("forebay-filter-benchmark");
        RecordStore opened = RecordStore.open(directory, RecordStoreConfig.defaults(), () -> {});
        store = opened;
        Applier applier = opened.applier(COLLECTION);
        for (int first = 0; first < RECORDS; first += BATCH) {
            applier.add(batch(first), first + 1, first + BATCH);
            applier.vectors();
            applier.commit();
        }
        while (opened.isUpkeepDue(COLLECTION, opened.state(COLLECTION))) {
            opened.upkeep(COLLECTION);
        }
        opened.flush();
        reader = opened.read(COLLECTION);
    }

    private RecordBatch batch(int first) {
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        for (int i = first; i < first + BATCH; i++) {
            batch.record("id-" + i, new float[]{i}, document(i),
                    Map.of("bucket", MetadataValue.of(random.nextInt(100)), "ten",
                            MetadataValue.of(random.nextInt(10)), "decade",
                            MetadataValue.of(random.nextInt(10)), "price",
                            // 7,919 is prime to the number of records: all different
                            MetadataValue.of((double) ((long) i * 7_919 % RECORDS)), "tag",
                            MetadataValue.of("t" + random.nextInt(400))),
                    null);
        }
        return batch.build();
    }

    private String document(int i) {
        StringBuilder text = new StringBuilder("word").append(random.nextInt(100)).append("x");
        for (int word = 0; word < 20; word++) {
            text.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
        }
        return text.append(' ').append(i).toString();
    }

    @TearDown
    public void close() throws IOException {
        Objects.requireNonNull(reader).close();
        Objects.requireNonNull(store).close();
        Workspace.delete(Objects.requireNonNull(directory));
    }

    @Benchmark
    public RoaringBitmap ordinals() {
        return Objects.requireNonNull(reader).ordinals(null, filter());
    }

    private Where filter() {
        return switch (kind) {
            case EQUAL -> equal("bucket", random.nextInt(100));
            case RANGE -> range(RECORDS / 100);
            case HALF -> range(RECORDS / 2);
            case AMONG -> new Where.In("tag", false, List.of(tag(), tag(), tag(), tag()));
            case BOTH -> new Where.And(
                    List.of(equal("ten", random.nextInt(10)), equal("decade", random.nextInt(10))));
            case MOST -> new Where.Compare("bucket", Where.Comparison.NE,
                    MetadataValue.of(random.nextInt(100)));
            case TEXT -> new Where.Document(Where.TextMatch.CONTAINS, "word" + random.nextInt(100) + "x");
        };
    }

    private MetadataValue tag() {
        return MetadataValue.of("t" + random.nextInt(400));
    }

    private static Where equal(String key, int value) {
        return new Where.Compare(key, Where.Comparison.EQ, MetadataValue.of(value));
    }

    private Where range(int count) {
        double from = random.nextInt(RECORDS - count);
        return new Where.And(List.of(
                new Where.Compare("price", Where.Comparison.GTE, MetadataValue.of(from)),
                new Where.Compare("price", Where.Comparison.LT, MetadataValue.of(from + count))));
    }
}
