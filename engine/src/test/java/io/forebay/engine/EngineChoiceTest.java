package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.index.vector.IndexEngine;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Hit;
import io.forebay.model.HnswConfig;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.Space;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code index.engine}: either engine over the same store, and what a search may be told. */
class EngineChoiceTest {
    private static final int DIMENSION = 64;
    private static final int COUNT = 4_000;
    private static final int QUERIES = 100;

    @TempDir
    Path directory;

    private Forebay open(IndexEngine engine) {
        return Forebay.open(directory, TestStores.smallOs().withIndex(new IndexOptions(engine)));
    }

    private static void add(Forebay store, UUID id, int from, int to) {
        store.write(id, TestStores.batch(Operation.ADD, "r", from, to, DIMENSION), WriteOptions.DEFAULT)
                .join();
        store.flush(id, Position.LINKED).join();
    }

    private static List<String> nearest(Forebay store, UUID id, float[] vector, int ef) {
        QueryRequest request = new QueryRequest(List.of(vector), 10, null, null,
                EnumSet.noneOf(io.forebay.model.Include.class), ef);
        return store.query(id, request, ReadOptions.DEFAULT).join().getFirst().stream()
                .map((Hit hit) -> hit.record().id()).toList();
    }

    /** Share of the ten nearest by arithmetic of 100 queries that is found. */
    private static double recall(Forebay store, UUID id, int count, int ef) {
        int found = 0;
        for (int query = 0; query < QUERIES; query++) {
            float[] vector = TestStores.vector(-1 - query, DIMENSION);
            List<String> expected = IntStream.range(0, count).boxed()
                    .sorted(java.util.Comparator.comparingDouble(i -> squared(vector, i)))
                    .limit(10).map(i -> "r-" + i).toList();
            found += (int) nearest(store, id, vector, ef).stream().filter(expected::contains).count();
        }
        return found / (10.0 * QUERIES);
    }

    private static double squared(float[] vector, int number) {
        float[] other = VECTORS[number];
        double sum = 0;
        for (int i = 0; i < DIMENSION; i++) {
            sum += (vector[i] - other[i]) * (double) (vector[i] - other[i]);
        }
        return sum;
    }

    private static final float[][] VECTORS = IntStream.range(0, COUNT)
            .mapToObj(i -> TestStores.vector(i, DIMENSION)).toArray(float[][]::new);

    @Test
    void aStoreIsOpenedWithAnotherEngineAtEveryStart() {
        UUID id;
        try (Forebay store = open(IndexEngine.NATIVE)) {
            id = TestStores.create(store, "docs");
            add(store, id, 0, 2_000);
            assertThat(recall(store, id, 2_000, 0)).isGreaterThan(0.95);
        }
        int count = 2_000;
        for (IndexEngine engine : List.of(IndexEngine.HNSWLIB, IndexEngine.NATIVE, IndexEngine.HNSWLIB)) {
            try (Forebay store = open(engine)) {
                assertThat(store.count(id, ReadOptions.DEFAULT).join()).isEqualTo(count);
                assertThat(nearest(store, id, VECTORS[7], 0)).first().isEqualTo("r-7");
                add(store, id, count, count + 500);
                count += 500;
                assertThat(nearest(store, id, VECTORS[count - 1], 0)).first().isEqualTo("r-" + (count - 1));
                assertThat(recall(store, id, count, 0)).isGreaterThan(0.95);
                // So narrow that the graph is asked.
                assertThat(recall(store, id, count, 10)).isBetween(0.2, 0.99);
            }
        }
    }

    /** A graph of few links, searched narrowly, misses much (a wide search scans): so the width that was used shows. */
    @ParameterizedTest
    @EnumSource(IndexEngine.class)
    void theWidthOfASearchIsChangedByTheConfigurationAndByAQuery(IndexEngine engine) {
        UUID id;
        try (Forebay store = open(engine)) {
            HnswConfig hnsw = new HnswConfig(Space.L2, 40, 10, 4, 1, 100, 1000, 1.2);
            id = store.getOrCreateCollection("docs", CollectionConfig.DEFAULT.withHnsw(hnsw)).id();
            add(store, id, 0, COUNT);
            double narrow = recall(store, id, COUNT, 0);
            double wideOnce = recall(store, id, COUNT, 300);
            assertThat(narrow).isEqualTo(recall(store, id, COUNT, 10)).isLessThan(0.93);
            assertThat(wideOnce).isGreaterThan(0.95).isGreaterThan(narrow + 0.05);
            store.updateCollection(id,
                    CollectionChange.NONE.withEfSearch(300))
                    .join();
            assertThat(recall(store, id, COUNT, 0)).isEqualTo(wideOnce);
            assertThat(recall(store, id, COUNT, 10)).isEqualTo(narrow);
        }
        try (Forebay store = open(engine)) {
            store.flush(id, Position.LINKED).join();
            assertThat(recall(store, id, COUNT, 0)).isGreaterThan(0.95);
        }
    }
}
