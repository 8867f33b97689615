package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.ReadPlan;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Filters in a store that is at work: what its indexers do for them by themselves, and how reads say what they did. */
class FilterTest {
    private static final int RECORDS = 3000;
    private static final int DIMENSION = 8;
    private static final Where EVEN = new Where.Compare("parity", Where.Comparison.EQ,
            MetadataValue.of("even"));
    private static final Where FEW = new Where.Compare("n", Where.Comparison.LT, MetadataValue.of(10));
    private static final Where WORD = new Where.Document(Where.TextMatch.CONTAINS, "document 29");

    @TempDir
    Path directory;
    private @Nullable ReadPlan plan;
    private final ReadOptions telling = ReadOptions.DEFAULT.tellingPlan(told -> plan = told);

    @BeforeEach
    void forget() {
        plan = null;
    }

    private static UUID fill(Forebay store) {
        UUID collection = TestStores.create(store, "docs");
        for (int from = 0; from < RECORDS; from += 500) {
            store.write(collection, TestStores.batch(Operation.ADD, "r", from, from + 500, DIMENSION),
                    WriteOptions.DEFAULT).join();
        }
        return collection;
    }

    private ReadPlan planOfCount(Forebay store, UUID collection, Where where, long expected) {
        assertThat(store.count(collection, null, where, telling).join()).isEqualTo(expected);
        return told();
    }

    private ReadPlan told() {
        ReadPlan told = plan;
        assertThat(told).isNotNull();
        plan = null;
        return told == null ? new ReadPlan(0, 0, 0, 0) : told;
    }

    @Test
    void countingByMetadataReadsNoRecord() {
        try (Forebay store = Forebay.open(directory, TestStores.smallOs())) {
            UUID collection = fill(store);
            assertThat(planOfCount(store, collection, EVEN, RECORDS / 2))
                    .isEqualTo(new ReadPlan(RECORDS / 2, 0, 0, 0));
            store.delete(collection, DeleteRequest.ofIds("r-0", "r-1", "r-2"), WriteOptions.DEFAULT)
                    .join();
            assertThat(planOfCount(store, collection, EVEN, RECORDS / 2 - 2).read()).isZero();
            assertThat(planOfCount(store, collection, new Where.Compare("absent", Where.Comparison.NE,
                    MetadataValue.of(1)), RECORDS - 3).read()).isZero();
        }
    }

    @Test
    void documentsComeIntoTheTextIndexByThemselvesAlsoBehindARestart() {
        try (Forebay store = Forebay.open(directory, TestStores.smallOs())) {
            UUID collection = fill(store);
            awaitIndexed(store, collection);
        }
        try (Forebay store = Forebay.open(directory, TestStores.smallOs())) {
            UUID collection = TestStores.create(store, "docs");
            awaitIndexed(store, collection);
            store.write(collection, RecordBatch.builder(Operation.UPDATE)
                    .record("r-5", null, "another document 299", null, null).build(), WriteOptions.DEFAULT)
                    .join();
            assertThat(store.count(collection, null, WORD, telling).join()).isEqualTo(112);
            assertThat(told().read()).isLessThan(RECORDS / 2);
        }
    }

    /** "document 29", 290 to 299 and 2900 to 2999. */
    private void awaitIndexed(Forebay store, UUID collection) {
        await().atMost(Duration.ofSeconds(90))
                .until(() -> planOfCount(store, collection, WORD, 111).read() < RECORDS / 2);
    }

    @Test
    void aQuerySaysWhetherItScannedOrWalked() {
        try (Forebay store = Forebay.open(directory, TestStores.smallOs())) {
            UUID collection = fill(store);
            store.flush(collection, Position.LINKED).join();
            float[] query = TestStores.vector(7, DIMENSION);
            store.query(collection, QueryRequest.nearest(query, 5).where(FEW), telling).join();
            assertThat(told().text()).isEqualTo("filter=index; matches=10; read=0; search=scan");
            store.query(collection, QueryRequest.nearest(query, 5).where(
                    new Where.Compare("n", Where.Comparison.GTE, MetadataValue.of(0.5))), telling).join();
            ReadPlan wide = told();
            assertThat(wide.matches()).isEqualTo(RECORDS - 1);
            assertThat(wide.throughGraph() + wide.byScan()).isEqualTo(1);
            store.query(collection, QueryRequest.nearest(query, 5), telling).join();
            assertThat(plan).as("nothing was filtered").isNull();
            store.get(collection, new GetRequest(null, EVEN, 10, 5, EnumSet.noneOf(Include.class)), telling)
                    .join();
            assertThat(told()).isEqualTo(new ReadPlan(10, 0, 0, 0));
        }
    }

    /** A row then is not its vector's ordinal any more: few rows are looked up by their records, many by the arena. */
    @Test
    void filtersFindTheNewVectorsOfRecordsWhoseVectorsWereReplaced() {
        try (Forebay store = Forebay.open(directory, TestStores.smallOs())) {
            UUID collection = fill(store);
            RecordBatchBuilder moved = RecordBatch.builder(Operation.UPDATE);
            for (int i = 0; i < RECORDS; i += 3) {
                moved.record("r-" + i, TestStores.vector(RECORDS + i, DIMENSION), null, null, null);
            }
            store.write(collection, moved.build(), WriteOptions.DEFAULT).join();
            store.flush(collection, Position.LINKED).join();
            for (Where where : List.of(FEW, EVEN)) {
                for (int q = 0; q < 20; q++) {
                    float[] query = TestStores.vector(10_000 + q, DIMENSION);
                    List<Hit> hits = store.query(collection, QueryRequest.nearest(query, 3).where(where),
                            ReadOptions.DEFAULT).join().getFirst();
                    assertThat(hits).extracting(hit -> hit.record().id()).first()
                            .isEqualTo(nearest(query, where));
                }
            }
        }
    }

    private static String nearest(float[] query, Where where) {
        return IntStream.range(0, RECORDS).filter(i -> where.equals(FEW) ? i < 10 : i % 2 == 0).boxed()
                .min(Comparator.comparingDouble(i -> distance(query,
                        TestStores.vector(i % 3 == 0 ? RECORDS + i : i, DIMENSION))))
                .map(i -> "r-" + i).orElseThrow();
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (double) (a[i] - b[i]);
        }
        return sum;
    }

    @Test
    void pagesOfAFilterTogetherAreAllThatMatches() {
        try (Forebay store = Forebay.open(directory, TestStores.smallOs())) {
            UUID collection = fill(store);
            for (Where where : List.of(EVEN, WORD, new Where.And(List.of(EVEN, WORD)))) {
                List<String> all = ids(store.get(collection, new GetRequest(null, where, null, 0,
                        EnumSet.noneOf(Include.class)), ReadOptions.DEFAULT).join());
                List<String> paged = new ArrayList<>();
                for (int offset = 0; offset < all.size(); offset += 37) {
                    paged.addAll(ids(store.get(collection, new GetRequest(null, where, 37, offset,
                            EnumSet.noneOf(Include.class)), ReadOptions.DEFAULT).join()));
                }
                assertThat(paged).isNotEmpty().isEqualTo(all);
            }
        }
    }

    private static List<String> ids(List<StoredRecord> records) {
        return records.stream().map(StoredRecord::id).toList();
    }
}
