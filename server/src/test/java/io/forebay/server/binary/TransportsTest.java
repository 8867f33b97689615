package io.forebay.server.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.client.Change;
import io.forebay.client.Changes;
import io.forebay.client.ChangesPurgedException;
import io.forebay.client.CollectionClient;
import io.forebay.client.Filter;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.client.ParallelSettings;
import io.forebay.client.Session;
import io.forebay.client.UploadResult;
import io.forebay.client.WriteSettings;
import io.forebay.client.Written;
import io.forebay.model.CollectionConfig;
import io.forebay.model.DeleteRequest;
import io.forebay.model.Durability;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.NotReachedException;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.Space;
import io.forebay.model.SparseVector;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java client says and does the same over HTTP and over the binary protocol. */
class TransportsTest {
    @TempDir
    Path directory;

    /** What each operation answered, as text, in order. */
    private static final class Transcript {
        final List<String> lines = new ArrayList<>();

        void add(String what, Supplier<?> operation) {
            String answer;
            try {
                answer = text(operation.get());
            } catch (NotReachedException late) {
                answer = late.code() + " " + late.getMessage() + " " + late.position() + " "
                        + late.wantedSeqId()
                        + " " + late.reachedSeqId();
            } catch (ForebayException failure) {
                answer = failure.code() + " " + failure.getMessage();
            }
            lines.add(what + ": " + answer);
        }

        private static String text(Object value) {
            if (value instanceof StoredRecord record) {
                return record.id() + Arrays.toString(record.embedding()) + record.metadata()
                        + record.document()
                        + record.uri();
            }
            if (value instanceof Hit hit) {
                return text(hit.record()) + hit.distance();
            }
            return value instanceof List<?> list
                    ? list.stream().map(Transcript::text).toList().toString()
                    : String.valueOf(value);
        }
    }

    @Test
    void everyOperationAnswersTheSameOnBothTransports() {
        Transcript http = new Transcript();
        Transcript binary = new Transcript();
        try (BothPorts server = new BothPorts(directory.resolve("http"));
                ForebayClient client = server.client("http")) {
            everything(client, http);
        }
        try (BothPorts server = new BothPorts(directory.resolve("binary"));
                ForebayClient client = server.client("forebay")) {
            everything(client, binary);
        }
        assertThat(binary.lines).isEqualTo(http.lines);
        assertThat(http.lines).hasSizeGreaterThan(45).noneMatch(line -> line.contains("INTERNAL"));
        assertThat(http.lines.stream().filter(line -> line.contains("INVALID_ARGUMENT")))
                .hasSizeGreaterThan(5);
    }

    private static void everything(ForebayClient client, Transcript out) {
        out.add("version", client::version);
        out.add("none", () -> client.collection("docs"));
        CollectionClient docs = client.getOrCreateCollection("docs", CollectionConfig.of(Space.COSINE));
        out.add("created", () -> docs.name() + docs.description().space() + docs.description().dimension());
        out.add("twice", () -> client.createCollection("docs", CollectionConfig.DEFAULT));
        out.add("bad name", () -> client.createCollection("a b", CollectionConfig.DEFAULT));
        writes(docs, out);
        reads(docs, out);
        refusals(client, docs, out);
        out.add("fork", () -> {
            CollectionClient fork = docs.fork("copy");
            return fork.name() + fork.count() + docs.forkCount();
        });
        out.add("fork", () -> docs.fork("docs").name());
        out.add("names", () -> client.collections().stream().map(CollectionClient::name).sorted().toList());
        out.add("lag", () -> client.lag().stream()
                .map(lag -> lag.name() + lag.operations() + " " + lag.ackedSeqId()).sorted().toList());
        client.deleteCollection("copy");
        out.add("dropped", () -> client.collection("copy"));
        out.add("reset", () -> {
            client.reset();
            return "done";
        });
    }

    private static RecordBatch some() {
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        metadata.put("s", MetadataValue.of("ä€𝄞"));
        metadata.put("n", MetadataValue.of(7));
        metadata.put("f", MetadataValue.of(0.1));
        metadata.put("b", MetadataValue.TRUE);
        metadata.put("l", new MetadataValue.IntArray(List.of(1L, 2L)));
        metadata.put("v",
                MetadataValue.of(new SparseVector(new int[]{1, 9}, new float[]{0.5f, 2}, List.of())));
        return RecordBatch.builder(Operation.ADD)
                .record("a", new float[]{1, 0.1f}, "first ö", metadata, "u:a")
                .record("b", new float[]{0.1f, 1}, null, Map.of("n", MetadataValue.of(8)), null)
                .record("c", new float[]{1, 1}, "third", null, null).build();
    }

    private static void writes(CollectionClient docs, Transcript out) {
        WriteSettings keyed = WriteSettings.DEFAULT.withIdempotencyKey("k1");
        out.add("add", () -> docs.write(some(), keyed));
        out.add("again", () -> docs.write(some(), keyed));
        out.add("other under the same key", () -> docs.write(RecordBatch.builder(Operation.ADD)
                .record("z", new float[]{1, 1}).build(), keyed));
        out.add("upsert", () -> docs.write(RecordBatch.builder(Operation.UPSERT)
                .record("c", new float[]{1, -1}, "changed", Map.of("n", MetadataValue.of(9)), null)
                .record("d", new float[]{-1, 0}).build(),
                WriteSettings.DEFAULT.withDurability(Durability.SYNC)));
        out.add("update", () -> docs.write(RecordBatch.builder(Operation.UPDATE)
                .record("a", null, null, Map.of("f", MetadataValue.NULL), "u:b").build()));
        out.add("nothing", () -> docs.write(RecordBatch.builder(Operation.ADD).build()));
        out.add("delete", () -> docs.write(RecordBatch.builder(Operation.DELETE).record("d", null).build()));
        out.add("delete by filter", () -> docs.delete(
                new DeleteRequest(null, new Where.Compare("n", Where.Comparison.EQ, MetadataValue.of(8)), 5),
                Filter.NONE, keyed.withIdempotencyKey("k2")));
        out.add("again", () -> docs.delete(
                new DeleteRequest(null, new Where.Compare("n", Where.Comparison.EQ, MetadataValue.of(8)), 5),
                Filter.NONE, keyed.withIdempotencyKey("k2")));
        out.add("delete nothing", () -> docs.delete(new DeleteRequest(null, null, null)));
        out.add("delete by id", () -> docs.delete(DeleteRequest.ofIds("x", "y")));
        for (FlushPosition position : FlushPosition.values()) {
            out.add("flush", () -> {
                docs.flush(position);
                return "done";
            });
        }
    }

    private static void reads(CollectionClient docs, Transcript out) {
        List<Object> positions = new ArrayList<>();
        ReadOptions telling = ReadOptions.DEFAULT.tellingPosition(positions::add);
        out.add("count", () -> docs.count(telling));
        out.add("position", () -> positions);
        out.add("matching",
                () -> docs.countMatching(List.of("a", "c", "x"), Filter.where("{\"n\":{\"$gte\":8}}"),
                        telling));
        out.add("get", () -> docs.get(GetRequest.ofIds("c", "a", "x")));
        out.add("first", () -> docs.get(GetRequest.first(1)));
        out.add("page", () -> docs.get(new GetRequest(null, null, 1, 1, Set.of()),
                Filter.document("{\"$contains\":\"i\"}"), ReadOptions.of(ReadLevel.INDEX_ONLY)));
        out.add("nobody", () -> docs.get(GetRequest.ofIds("x")));
        out.add("query", () -> docs.query(QueryRequest.nearest(new float[]{1, 0}, 5)));
        out.add("two", () -> docs.query(new QueryRequest(List.of(new float[]{1, 0}, new float[]{0, 1}), 2,
                List.of("a", "c"), null, EnumSet.allOf(Include.class), 30)));
        out.add("ids only",
                () -> docs.query(new QueryRequest(List.of(new float[]{1, 0}), 2, null, null, Set.of(),
                        0)).get(0).stream().map(hit -> hit.record() + " " + Float.isNaN(hit.distance()))
                        .toList());
        out.add("both filters", () -> docs.query(
                QueryRequest.nearest(new float[]{1, 0}, 3).where(
                        new Where.Compare("n", Where.Comparison.LT, MetadataValue.of(100))),
                Filter.where("{\"s\":{\"$ne\":\"q\"}}").andDocument("{\"$contains\":\"a\"}"), telling));
        out.add("too late", () -> docs.count(ReadOptions.DEFAULT.withMinSeqId(1L << 40)));
        out.add("indexing", docs::indexingStatus);
        out.add("search", () -> docs.query(QueryRequest.nearest(new float[]{1, 0}, 1)).get(0).get(0).record()
                .metadata());
    }

    private static void refusals(ForebayClient client, CollectionClient docs, Transcript out) {
        out.add("dimension", () -> docs.write(RecordBatch.builder(Operation.ADD)
                .record("q", new float[]{1, 2, 3}).build()));
        out.add("dimension", () -> docs.query(QueryRequest.nearest(new float[]{1}, 1)));
        out.add("unequal",
                () -> docs.query(new QueryRequest(List.of(new float[]{1, 2}, new float[]{1}), 1, null,
                        null, Set.of(), 0)));
        out.add("no embedding", () -> docs.query(new QueryRequest(List.of(), 1, null, null, Set.of(), 0)));
        out.add("not a number", () -> docs.query(QueryRequest.nearest(new float[]{Float.NaN, 1}, 1)));
        out.add("no results", () -> docs.query(QueryRequest.nearest(new float[]{1, 1}, 0)));
        out.add("wide", () -> docs.query(new QueryRequest(List.of(new float[]{1, 1}), 1, null, null, Set.of(),
                1 << 30)));
        out.add("no filter", () -> docs.get(GetRequest.first(1), Filter.where("{\"a\":{\"$what\":1}}"),
                ReadOptions.DEFAULT));
        out.add("limit", () -> docs.get(new GetRequest(null, null, -1, 0, Set.of())));
        out.add("offset", () -> docs.get(new GetRequest(null, null, 1, -1, Set.of())));
        out.add("a long key", () -> docs.write(some(),
                WriteSettings.DEFAULT.withIdempotencyKey("x".repeat(300))));
        client.createCollection("gone", CollectionConfig.DEFAULT);
        CollectionClient gone = client.collection("gone");
        client.deleteCollection("gone");
        String id = gone.id().toString();
        Transcript dropped = new Transcript();
        dropped.add("count", gone::count);
        dropped.add("write", () -> gone.write(some()));
        dropped.add("get", () -> gone.get(GetRequest.first(1)));
        dropped.add("query", () -> gone.query(QueryRequest.nearest(new float[]{1}, 1)));
        dropped.add("delete", () -> gone.delete(DeleteRequest.ofIds("a")));
        dropped.add("flush", () -> {
            gone.flush(FlushPosition.APPLIED);
            return "done";
        });
        dropped.lines.forEach(line -> out.lines.add(line.replace(id, "ID")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "forebay"})
    void changesAreFollowedFromAnywhereUntilTheCollectionGoes(String scheme) throws Exception {
        try (BothPorts server = new BothPorts(directory); ForebayClient client = server.client(scheme)) {
            CollectionClient docs = client.createCollection("docs", CollectionConfig.DEFAULT);
            CollectionClient other = client.createCollection("other", CollectionConfig.DEFAULT);
            Written first = docs.write(some());
            List<Change> seen = new ArrayList<>();
            try (Changes all = docs.changes(1); Changes fromNow = docs.changes()) {
                assertThat(all.next().batch().encoded()).isEqualTo(some().encoded());
                CompletableFuture<Void> rest = CompletableFuture
                        .runAsync(() -> all.forEachRemaining(seen::add));
                long expected = 0;
                for (int i = 0; i < 50; i++) {
                    other.write(some());
                    expected = docs.write(RecordBatch.builder(Operation.UPSERT)
                            .record("r" + i, new float[]{i, 1}).build()).maxSeqId();
                }
                assertThat(fromNow.next().batch().id(0)).isEqualTo("r0");
                docs.delete(DeleteRequest.ofIds("r1"));
                client.deleteCollection("docs");
                rest.get();
                assertThat(seen).hasSize(51);
                assertThat(seen.get(49).maxSeqId()).isEqualTo(expected).isEqualTo(seen.get(49).minSeqId());
                assertThat(seen.get(0).minSeqId()).isGreaterThan(first.maxSeqId());
                assertThat(seen.get(50).batch().operation()).isEqualTo(Operation.DELETE);
                assertThat(seen.get(50).timeMillis()).isGreaterThan(1_600_000_000_000L);
                assertThat(all.nextSeqId()).isEqualTo(seen.get(50).maxSeqId() + 1);
            }
            try (Changes none = docs.changes(1)) {
                assertThatThrownBy(none::hasNext).hasMessageContaining(docs.id().toString())
                        .isNotInstanceOf(ChangesPurgedException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "forebay"})
    void aSessionReadsItsWritesWhateverTheLevel(String scheme) {
        try (BothPorts server = new BothPorts(directory); ForebayClient client = server.client(scheme)) {
            CollectionClient docs = client.createCollection("docs", CollectionConfig.DEFAULT);
            Session session = docs.session();
            ReadOptions weakest = ReadOptions.of(ReadLevel.INDEX_ONLY);
            for (int i = 1; i <= 100; i++) {
                session.write(RecordBatch.builder(Operation.ADD).record("r" + i, new float[]{i}).build());
                assertThat(session.count(weakest)).isEqualTo(i);
                assertThat(session.get(GetRequest.ofIds("r" + i), Filter.NONE, weakest)).hasSize(1);
            }
            try (ForebayClient elsewhere = server.client(scheme.equals("http") ? "forebay" : "http")) {
                Session moved = elsewhere.collection("docs").session(session.seqId());
                assertThat(moved.count(weakest)).isEqualTo(100);
                assertThat(moved.seqId()).isGreaterThanOrEqualTo(session.seqId());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "forebay"})
    void collectionsAreFilledAtOnceAndFailAlone(String scheme) {
        try (BothPorts server = new BothPorts(directory); ForebayClient client = server.client(scheme)) {
            Map<CollectionClient, List<RecordBatch>> uploads = new LinkedHashMap<>();
            for (int c = 0; c < 6; c++) {
                List<RecordBatch> batches = new ArrayList<>();
                for (int b = 0; b < 20; b++) {
                    // Of the fourth collection the sixth batch has another dimension.
                    int dimension = c == 3 && b == 5 ? 3 : 2;
                    RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
                    for (int r = 0; r < 10; r++) {
                        batch.record("r" + b + "-" + r, new float[dimension]);
                    }
                    batches.add(batch.build());
                }
                uploads.put(client.createCollection("docs" + c, CollectionConfig.DEFAULT), batches);
            }

            Map<CollectionClient, UploadResult> results = client.addParallel(uploads,
                    ParallelSettings.DEFAULT.withCollectionsAtOnce(4));

            results.forEach((collection, result) -> {
                boolean fails = collection.name().equals("docs3");
                assertThat(collection.count()).isEqualTo(fails ? 50 : 200);
                assertThat(result.records()).isEqualTo(fails ? 50 : 200);
                assertThat(result.isComplete()).isEqualTo(!fails);
                assertThat(result.acks()).extracting(Written::maxSeqId).isSorted();
                if (fails) {
                    assertThat(result.failure()).hasMessageContaining("dimension of 2, got 3");
                }
            });
        }
    }

    @Test
    void whatIsReadAsABatchIsThereTheSameWhereItIsWritten() {
        for (String scheme : List.of("http", "forebay")) {
            try (BothPorts server = new BothPorts(directory.resolve(scheme));
                    ForebayClient client = server.client(scheme)) {
                CollectionClient docs = client.createCollection("docs", CollectionConfig.DEFAULT);
                docs.write(RecordBatch.builder(Operation.ADD)
                        .record("a", new float[]{1, -0.0f}, "text", Map.of("n", MetadataValue.of(5)), null)
                        .record("b", new float[]{0.1f, 2}, null, null, "file:b").build());
                RecordBatch read = docs.getBatchAsync(everythingOf("a", "b", "none"),
                        Filter.NONE, ReadOptions.DEFAULT).join();
                CollectionClient copy = client.createCollection("copy", CollectionConfig.DEFAULT);
                copy.write(read.as(Operation.ADD));
                RecordBatch again = copy.getBatchAsync(everythingOf("a", "b"), Filter.NONE,
                        ReadOptions.DEFAULT).join();
                assertThat(again.size()).isEqualTo(2);
                assertThat(again.encoded()).as(scheme).isEqualTo(read.encoded());
            }
        }
    }

    private static GetRequest everythingOf(String... ids) {
        return new GetRequest(List.of(ids), null, null, 0, EnumSet.of(Include.EMBEDDINGS, Include.DOCUMENTS,
                Include.METADATAS, Include.URIS));
    }

    @Test
    void hundredRequestsAtOnceShareOneConnection() {
        try (BothPorts server = new BothPorts(directory);
                ForebayClient client = BothPorts.builder("forebay", server.binaryPort()).connections(1)
                        .build()) {
            CollectionClient docs = client.createCollection("docs", CollectionConfig.DEFAULT);
            for (int round = 0; round < 5; round++) {
                List<CompletableFuture<?>> all = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    String id = round + "-" + i;
                    RecordBatch batch = RecordBatch.builder(Operation.ADD)
                            .record(id, new float[]{round, i, 1}, "document " + id).build();
                    Session session = docs.session();
                    all.add(session.writeAsync(batch, WriteSettings.DEFAULT)
                            .thenCompose(written -> session.getAsync(GetRequest.ofIds(id), Filter.NONE,
                                    ReadOptions.DEFAULT))
                            .thenAccept(found -> assertThat(found.get(0).document())
                                    .isEqualTo("document " + id)));
                    float[] asked = {round, i, 1};
                    all.add(docs.queryAsync(QueryRequest.nearest(asked, 1), Filter.NONE, ReadOptions.DEFAULT)
                            .thenAccept(hits -> assertThat(hits).hasSize(1)));
                }
                CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
            }
            assertThat(docs.count()).isEqualTo(250);
            assertThat(client.collection("docs").id()).isInstanceOf(UUID.class);
        }
    }
}
