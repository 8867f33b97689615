package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.GroupBy;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.Rank;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.SearchHit;
import io.forebay.model.SearchRequest;
import io.forebay.model.Select;
import io.forebay.model.SparseVector;
import io.forebay.model.Where;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random searches over a collection that changes and is closed and opened again, compared with {@link SearchOracle}. Vectors
 * are of small integers, so that distances are exact and often equal.
 */
@Tag("fuzz")
class SearchModelTest {
    private static final int DIMENSION = 3;
    private static final ReadOptions READ = ReadOptions.DEFAULT;

    @TempDir
    Path directory;

    private final Random random = new Random(TestStores.seed());
    private final SearchOracle oracle = new SearchOracle();
    private int compared;

    private record Filter(@Nullable Where where, Predicate<SearchOracle.Entry> matches) {}

    @Test
    void randomSearchesAgreeWithTheOracle() {
        Forebay store = Forebay.open(directory, TestStores.smallOs());
        try {
            UUID collection = TestStores.create(store, "docs");
            for (int round = 0; round < 60; round++) {
                write(store, collection);
                List<SearchRequest> searches = new ArrayList<>();
                List<Filter> filters = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    filters.add(filter());
                    searches.add(search(filters.getLast().where()));
                }
                List<List<SearchHit>> answers = store.search(collection, searches, READ).join();
                for (int i = 0; i < searches.size(); i++) {
                    compare(searches.get(i), filters.get(i), answers.get(i));
                }
                if (round % 20 == 19) {
                    store.close();
                    store = Forebay.open(directory, TestStores.smallOs());
                }
            }
            assertThat(compared).as("hits that were compared").isGreaterThan(500);
        } finally {
            store.close();
        }
    }

    private void compare(SearchRequest search, Filter filter, List<SearchHit> hits) {
        List<SearchOracle.Answer> expected = oracle.search(search, filter.matches());
        if (oracle.isAmbiguous) {
            return;
        }
        assertThat(hits.stream().map(hit -> new SearchOracle.Answer(hit.record().id(), hit.score())).toList())
                .as("%s", search).isEqualTo(expected);
        compared += hits.size();
        for (SearchHit hit : hits) {
            SearchOracle.Entry entry = oracle.entries.get(hit.record().id());
            Select select = search.select();
            assertThat(hit.record().document())
                    .isEqualTo(select.has(Select.DOCUMENT) ? entry.document() : null);
            assertThat(hit.record().embedding())
                    .isEqualTo(select.has(Select.EMBEDDING) ? entry.embedding() : null);
            Map<String, MetadataValue> metadata = new LinkedHashMap<>(entry.metadata());
            if (!select.has(Select.METADATA)) {
                metadata.keySet().retainAll(select.fields());
            }
            assertThat(hit.record().metadata()).isEqualTo(metadata.isEmpty() ? null : metadata);
        }
    }

    private void write(Forebay store, UUID collection) {
        Operation operation = oneIn(4) ? Operation.DELETE : Operation.UPSERT;
        RecordBatchBuilder batch = RecordBatch.builder(operation);
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
            String id = "id" + random.nextInt(90);
            if (operation == Operation.DELETE) {
                batch.id(id);
                oracle.entries.remove(id);
                continue;
            }
            SearchOracle.Entry entry = new SearchOracle.Entry(id, vector(), metadata(),
                    oneIn(3) ? null : "text " + random.nextInt(5));
            SearchOracle.Entry before = oracle.entries.get(id);
            // An upsert merges: keys that go must be named.
            Map<String, MetadataValue> change = new LinkedHashMap<>(entry.metadata());
            if (before != null) {
                before.metadata().keySet().forEach(key -> change.putIfAbsent(key, MetadataValue.NULL));
            }
            String document = entry.document() == null && before != null
                    ? before.document()
                    : entry.document();
            batch.record(id, entry.embedding(), entry.document(), change, null);
            oracle.entries.put(id,
                    new SearchOracle.Entry(id, entry.embedding(), entry.metadata(), document));
        }
        store.write(collection, batch.build(), WriteOptions.DEFAULT).join();
    }

    private Map<String, MetadataValue> metadata() {
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        if (!oneIn(4)) {
            metadata.put("g", MetadataValue.of("group" + random.nextInt(3)));
        }
        if (!oneIn(4)) {
            metadata.put("n", number());
        }
        if (!oneIn(3)) {
            metadata.put("s", MetadataValue.of(sparse()));
        }
        if (oneIn(5)) {
            metadata.put("g", oneIn(2) ? MetadataValue.of(oneIn(2)) : number());
        }
        return metadata;
    }

    private MetadataValue number() {
        int n = random.nextInt(6);
        return oneIn(2) ? MetadataValue.of(n) : MetadataValue.of(n / 2.0);
    }

    private SparseVector sparse() {
        int[] indices = IntStream.range(0, 9).filter(i -> oneIn(3)).toArray();
        float[] values = new float[indices.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (random.nextInt(17) - 8) / 4f;
        }
        return new SparseVector(indices, values);
    }

    private float[] vector() {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = random.nextInt(5);
        }
        return vector;
    }

    private SearchRequest search(@Nullable Where where) {
        List<String> ids = oneIn(6) ? List.of("id1", "id7", "id20", "id33", "nobody") : null;
        GroupBy groups = oneIn(3)
                ? new GroupBy(oneIn(2) ? List.of("g") : List.of("n", "g"), oneIn(2),
                        oneIn(2) ? List.of("n", Select.SCORE) : List.of(Select.SCORE), 1 + random.nextInt(3))
                : null;
        List<String> keys = new ArrayList<>(List.of(Select.SCORE, Select.DOCUMENT, Select.EMBEDDING,
                Select.METADATA, "g", "s", "absent"));
        keys.removeIf(key -> oneIn(2));
        return new SearchRequest(ids, where, oneIn(8) ? null : rank(3), groups, oneIn(3) ? 2 : 0,
                oneIn(3) ? null : random.nextInt(12), new Select(keys));
    }

    private Rank rank(int depth) {
        return switch (random.nextInt(depth == 0 ? 4 : 10)) {
            case 0, 1, 2 -> knn();
            case 3 -> new Rank.Value((random.nextInt(9) - 4) / 2f);
            case 4, 5, 6 -> new Rank.Folded(Rank.Fold.values()[random.nextInt(4)],
                    IntStream.range(0, random.nextInt(4)).mapToObj(i -> rank(depth - 1)).toList());
            case 7, 8 -> new Rank.Paired(Rank.Pair.values()[random.nextInt(2)], rank(depth - 1),
                    rank(depth - 1));
            default -> new Rank.Applied(Rank.Function.values()[random.nextInt(3)], rank(depth - 1));
        };
    }

    private Rank knn() {
        Float otherwise = oneIn(2) ? null : (Float) (float) random.nextInt(20);
        int limit = oneIn(3) ? random.nextInt(8) : 1000;
        return oneIn(2)
                ? new Rank.Knn(new Rank.Sparse(sparse()), oneIn(8) ? "g" : "s", limit, otherwise, oneIn(2))
                : new Rank.Knn(new Rank.Dense(vector()), Select.EMBEDDING, limit, otherwise, oneIn(2));
    }

    private Filter filter() {
        String group = "group" + random.nextInt(3);
        int n = random.nextInt(5);
        return switch (random.nextInt(5)) {
            case 0 -> new Filter(new Where.Compare("g", Where.Comparison.EQ, MetadataValue.of(group)),
                    entry -> MetadataValue.of(group).equals(entry.metadata().get("g")));
            case 1 -> new Filter(new Where.Compare("n", Where.Comparison.GTE, MetadataValue.of(n)),
                    entry -> switch (entry.metadata().get("n")) {
                        case MetadataValue.Int i -> i.value() >= n;
                        case MetadataValue.Float f -> f.value() >= n;
                        case null, default -> false;
                    });
            case 2 -> new Filter(new Where.Id(true, List.of("id3", "id4")),
                    entry -> !entry.id().equals("id3") && !entry.id().equals("id4"));
            case 3 -> new Filter(new Where.Document(Where.TextMatch.CONTAINS, "xt " + n),
                    entry -> entry.document() != null && entry.document().contains("xt " + n));
            default -> new Filter(null, entry -> true);
        };
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }
}
