package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.CollectionInfo;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;

/** What the tests of forks do with collections, and what they compare. */
final class Forks {
    static final int DIMENSION = 16;

    private Forks() {}

    static void write(Forebay store, UUID id, Operation operation, String prefix, int from, int to) {
        for (int at = from; at < to; at += 2_000) {
            store.write(id, TestStores.batch(operation, prefix, at, Math.min(to, at + 2_000), DIMENSION),
                    WriteOptions.DEFAULT).join();
        }
    }

    static void delete(Forebay store, UUID id, String prefix, int from, int to) {
        List<String> ids = new ArrayList<>();
        for (int i = from; i < to; i++) {
            ids.add(prefix + "-" + i);
        }
        store.write(id, RecordBatch.builder(Operation.DELETE).ids(ids).build(), WriteOptions.DEFAULT).join();
    }

    static UUID fork(Forebay store, UUID source, String name) {
        return store.forkCollection(source, name).join().id();
    }

    /** Every field of every record, in order. */
    static List<String> content(Forebay store, UUID id) {
        GetRequest all = new GetRequest(null, null, null, 0, EnumSet.allOf(Include.class));
        return store.get(id, all, ReadOptions.DEFAULT).join().stream().map(Forks::text).toList();
    }

    private static String text(StoredRecord record) {
        return record.id() + " " + record.metadata() + " " + record.document() + " " + record.uri() + " "
                + Arrays.toString(record.embedding());
    }

    static List<String> nearest(Forebay store, UUID id, int number, int count) {
        List<Hit> hits = store.query(id,
                QueryRequest.nearest(TestStores.vector(number, DIMENSION), count), ReadOptions.DEFAULT)
                .join().getFirst();
        return hits.stream().map(hit -> hit.record().id() + " " + hit.distance()).toList();
    }

    /** Reads of every kind answer the same in both. */
    static void checkSame(Forebay store, UUID one, UUID other) {
        assertThat(content(store, other)).isEqualTo(content(store, one));
        assertThat(store.count(other, ReadOptions.DEFAULT).join())
                .isEqualTo(store.count(one, ReadOptions.DEFAULT).join());
        List<Where> filters = List.of(
                new Where.Compare("n", Where.Comparison.LT, MetadataValue.of(70)),
                new Where.Compare("parity", Where.Comparison.EQ, MetadataValue.of("odd")),
                new Where.Document(Where.TextMatch.CONTAINS, "document 12"));
        for (Where where : filters) {
            GetRequest some = new GetRequest(null, where, 500, 0, EnumSet.of(Include.METADATAS));
            assertThat(store.get(other, some, ReadOptions.DEFAULT).join())
                    .isEqualTo(store.get(one, some, ReadOptions.DEFAULT).join()).isNotEmpty();
        }
        for (int number = 0; number < 40; number++) {
            // Not more: a graph that is linked a second time may find another tenth.
            assertThat(nearest(store, other, number, 1)).isEqualTo(nearest(store, one, number, 1));
        }
    }

    static void deleteCollection(Forebay store, UUID id) {
        CollectionInfo info = store.collection(id);
        store.deleteCollection(info.tenant(), info.database(), info.name()).join();
    }
}
