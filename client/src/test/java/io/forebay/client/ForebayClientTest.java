package io.forebay.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.client.ForebayClient.Encoding;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Durability;
import io.forebay.model.DeleteRequest;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.SparseVector;
import io.forebay.model.Space;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ForebayClientTest {
    private static final String ID = "0b9c4b8e-93a1-4d4e-9f5b-0d6a3b1c2d3e";
    private static final String COLLECTION = """
            {"id":"%s","name":"peps",
             "configuration_json":{"hnsw":{"space":"cosine","ef_search":100},"spann":null},
             "schema":{"defaults":{},"keys":{"a":[1,{"b":[]}]}},"metadata":{"n":5,"f":5.0},"dimension":null,
             "tenant":"t","database":"d","log_position":0,"version":0}"""
            .formatted(ID);
    private static final String BASE = "/api/v2/tenants/default_tenant/databases/"
            + "default_database/collections";

    private RecordingServer server;
    private ForebayClient client;

    @BeforeEach
    void start() throws Exception {
        server = new RecordingServer();
        client = ForebayClient.connect(server.url());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private CollectionClient collection() {
        server.reply(200, COLLECTION);
        return client.collection("peps");
    }

    private static String base64(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    @Test
    void aCollectionIsReadWithItsSpaceAndMetadata() {
        CollectionDescription description = collection().description();

        assertThat(server.last().uri()).isEqualTo(BASE + "/peps");
        assertThat(description.space()).isEqualTo(Space.COSINE);
        assertThat(description.dimension()).isZero();
        assertThat(description.metadata()).containsEntry("n", MetadataValue.of(5L))
                .containsEntry("f", MetadataValue.of(5.0));
    }

    @Test
    void aForkIsAHandleOfItsOwnAndIsCounted() {
        CollectionClient source = collection();
        server.reply(200, COLLECTION.replace(ID, ID.replace('0', '1')).replace("peps", "copy"));

        CollectionClient fork = source.fork("copy");

        assertThat(server.last().uri()).isEqualTo(BASE + "/" + ID + "/fork");
        assertThat(server.last().body()).isEqualTo("{\"new_name\":\"copy\"}");
        assertThat(fork.name()).isEqualTo("copy");
        server.reply(200, "{\"count\":7}");
        assertThat(fork.forkCount()).isEqualTo(7);
        assertThat(server.last().uri()).isEqualTo(BASE + "/" + fork.id() + "/fork_count");
        assertThat(fork.id()).isNotEqualTo(source.id());
    }

    @Test
    void creatingSendsTheConfiguration() {
        server.reply(200, COLLECTION);

        client.getOrCreateCollection("a name", CollectionConfig.of(Space.COSINE).withBatchIngest(true));

        assertThat(server.last().method()).isEqualTo("POST");
        assertThat(server.last().header("Content-type")).isEqualTo("application/json");
        assertThat(server.last().body())
                .isEqualTo("{\"name\":\"a name\",\"configuration\":{\"hnsw\":{\"space\":"
                        + "\"cosine\",\"ef_construction\":100,\"ef_search\":100,\"max_neighbors\":16,"
                        + "\"sync_threshold\":1000,"
                        + "\"resize_factor\":1.2},\"batch_ingest\":true},\"get_or_create\":true}");
    }

    @Test
    void namesAreEncodedInPaths() {
        server.reply(200, "{}");
        client.deleteCollection("a b+c/ä");

        assertThat(server.last().method()).isEqualTo("DELETE");
        assertThat(server.last().uri()).isEqualTo(BASE + "/a%20b%2Bc%2F%C3%A4");
    }

    @Test
    void aWriteCarriesItsSettingsAlsoWhenItIsTriedAgain() {
        CollectionClient peps = collection();
        server.reply(429, Map.of("Retry-After", "0"), "{}");
        server.reply(201, Map.of("Forebay-Seq-Id", "7", "Forebay-Replayed", "true"), "{}");
        RecordBatch batch = RecordBatch.builder(Operation.ADD).record("a", new float[]{1}).build();

        Written written = peps.write(batch,
                WriteSettings.DEFAULT.withIdempotencyKey("key-1").withDurability(Durability.OS));

        assertThat(written).isEqualTo(new Written(7, 1, true));
        assertThat(server.requests().stream().skip(1))
                .hasSize(2).allSatisfy(request -> {
                    assertThat(request.header("Idempotency-key")).isEqualTo("key-1");
                    assertThat(request.header("Forebay-durability")).isEqualTo("os");
                });
        server.reply(200, Map.of("Forebay-Seq-Id", "8"), "{\"deleted\":3}");

        Written deleted = peps.delete(DeleteRequest.ofIds("a"), Filter.NONE,
                WriteSettings.DEFAULT.withIdempotencyKey("key-2"));

        assertThat(deleted).isEqualTo(new Written(8, 3));
        assertThat(server.last().header("Idempotency-key")).isEqualTo("key-2");
    }

    @Test
    void creatingSendsTheDurability() {
        server.reply(200, COLLECTION);

        client.getOrCreateCollection("n", CollectionConfig.DEFAULT.withDurability(Durability.SYNC));

        assertThat(server.last().body()).contains(",\"durability\":\"sync\"}");
    }

    @Test
    void aBatchIsWrittenInBase64WithEscapedTexts() {
        CollectionClient peps = collection();
        server.reply(201, Map.of("Forebay-Seq-Id", "4711"), "{}");
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        metadata.put("s", MetadataValue.of("é"));
        metadata.put("l", new MetadataValue.IntArray(List.of(1L, 2L)));
        metadata.put("v",
                MetadataValue
                        .of(new SparseVector(new int[]{1, -1}, new float[]{0.1f, -2}, List.of("x", "y"))));
        RecordBatch batch = RecordBatch.builder(Operation.ADD)
                .record("a\"\\\n\u0001", new float[]{1, -0.5f}, "äöü € 𝄞", metadata, null)
                .record("b", new float[]{0, 1e-7f}, null, null, null).build();

        Written written = peps.write(batch);

        assertThat(written).isEqualTo(new Written(4711, 2));
        assertThat(server.last().uri()).isEqualTo(BASE + "/" + ID + "/add");
        assertThat(server.last().body())
                .isEqualTo("{\"ids\":[\"a\\\"\\\\\\n\\u0001\",\"b\"],\"embeddings\":[\""
                        + base64(1, -0.5f) + "\",\"" + base64(0, 1e-7f)
                        + "\"],\"documents\":[\"äöü € 𝄞\",null],"
                        + "\"metadatas\":[{\"s\":\"é\",\"l\":[1,2],\"v\":{\"#type\":\"sparse_vector\",\"indices\":[1,4294967295],"
                        + "\"values\":[0.1,-2.0],\"tokens\":[\"x\",\"y\"]}},null]}");
    }

    @Test
    void aBatchIsWrittenAsNumbersForOldServers() throws Exception {
        try (ForebayClient json = ForebayClient.builder(URI.create(server.url())).encoding(Encoding.JSON)
                .build()) {
            server.reply(200, COLLECTION).reply(200, "{}");
            Written written = json.collection("peps").write(
                    RecordBatch.builder(Operation.UPSERT).record("a", new float[]{0.1f, -1e-10f, 3}).build());

            assertThat(server.last().body())
                    .isEqualTo("{\"ids\":[\"a\"],\"embeddings\":[[0.1,-1.0E-10,3.0]]}");
            assertThat(written.maxSeqId()).isEqualTo(Written.NO_SEQ_ID);
        }
    }

    @Test
    void anUpdateSendsNullForWhatItLeavesAlone() {
        CollectionClient peps = collection();
        server.reply(200, "{}");
        peps.write(RecordBatch.builder(Operation.UPDATE)
                .record("a", null, null, Map.of("k", MetadataValue.NULL), null)
                .record("b", new float[]{2}, null, null, "u").build());

        assertThat(server.last().uri()).endsWith("/update");
        assertThat(server.last().body())
                .isEqualTo("{\"ids\":[\"a\",\"b\"],\"embeddings\":[null,\"" + base64(2)
                        + "\"],\"uris\":[null,\"u\"],\"metadatas\":[{\"k\":null},null]}");
    }

    @Test
    void aDeleteSaysHowManyWent() {
        CollectionClient peps = collection();
        server.reply(200, Map.of("Forebay-Seq-Id", "9"), "{\"deleted\":3}");

        Written written = peps.delete(new DeleteRequest(null, null, 3), Filter.where("{\"pep\": 8}"));

        assertThat(written).isEqualTo(new Written(9, 3));
        assertThat(server.last().body()).isEqualTo("{\"where\":{\"pep\": 8},\"limit\":3}");
    }

    @Test
    void queriesSendNumbersAndBothFilters() {
        CollectionClient peps = collection();
        server.reply(200,
                """
                        {"ids":[["a","b"],[]],"embeddings":null,"documents":[["x",null],[]],"uris":null,
                         "metadatas":[[null,{"v":{"#type":"sparse_vector","values":[0.1,-2.0],"indices":[1,4294967295]},
                           "o":{"#type":"later","x":[{}]},"k":true}],[]],"distances":[[0.5,null],[]],"include":["documents"]}""");
        Where where = new Where.Or(List.of(
                new Where.Compare("pep", Where.Comparison.GTE, MetadataValue.of(8L)),
                new Where.Document(Where.TextMatch.NOT_CONTAINS, "x")));

        List<List<Hit>> hits = peps.query(
                new QueryRequest(List.of(new float[]{1, 0.25f}, new float[]{0, 1}), 2, null, where,
                        Set.of(), 0),
                Filter.where("{\"a\":1}").andDocument("{\"$contains\":\"y\"}"),
                new ReadOptions(ReadLevel.INDEX_ONLY, 12, 500));

        assertThat(server.last().uri()).endsWith("/query?read_level=index_only");
        assertThat(server.last().header("Forebay-min-seq-id")).isEqualTo("12");
        assertThat(server.last().header("Forebay-timeout-millis")).isEqualTo("500");
        assertThat(server.last().body())
                .isEqualTo("{\"query_embeddings\":[[1.0,0.25],[0.0,1.0]],\"n_results\":2,"
                        + "\"where\":{\"$and\":[{\"$or\":[{\"pep\":{\"$gte\":8}},"
                        + "{\"#document\":{\"$not_contains\":\"x\"}}]},"
                        + "{\"a\":1}]},\"where_document\":{\"$contains\":\"y\"},\"include\":[]}");
        assertThat(hits).hasSize(2);
        assertThat(hits.get(0)).extracting(hit -> hit.record().id()).containsExactly("a", "b");
        assertThat(hits.get(0).get(0).distance()).isEqualTo(0.5f);
        assertThat(hits.get(0).get(1).distance()).isNaN();
        assertThat(hits.get(0).get(0).record().metadata()).isNull();
        assertThat(hits.get(0).get(1).record().metadata()).isEqualTo(Map.of("k", MetadataValue.TRUE, "v",
                MetadataValue.of(new SparseVector(new int[]{1, -1}, new float[]{0.1f, -2}))));
        assertThat(hits.get(1)).isEmpty();
    }

    @Test
    void recordsAreReadWithTheirEmbeddings() {
        CollectionClient peps = collection();
        server.reply(200,
                """
                        {"ids":["a"],"embeddings":[[0.1,2]],"documents":["x"],"uris":null,
                         "metadatas":null,"include":[]}""");

        List<StoredRecord> records = peps.get(GetRequest.ofIds("a"));

        assertThat(server.last().body()).isEqualTo(
                "{\"ids\":[\"a\"],\"include\":[\"documents\",\"embeddings\",\"metadatas\",\"uris\"]}");
        assertThat(records).hasSize(1);
        assertThat(records.get(0).embedding()).containsExactly(0.1f, 2f);
        assertThat(records.get(0).document()).isEqualTo("x");
        assertThat(records.get(0).uri()).isNull();
    }

    @Test
    void smallAnswersAreRead() {
        CollectionClient peps = collection();
        server.reply(200, "{\"nanosecond heartbeat\":1795206624478961165}").reply(200, "\"1.0.0\"")
                .reply(200, "42")
                .reply(200, "{\"op_indexing_progress\":0.5,\"num_unindexed_ops\":1,\"num_indexed_ops\":1,"
                        + "\"total_ops\":2,\"ingest_lag\":{\"records\":1}}")
                .reply(200, "{}");

        assertThat(client.heartbeat()).isEqualTo(1795206624478961165L);
        assertThat(client.version()).isEqualTo("1.0.0");
        assertThat(peps.count()).isEqualTo(42);
        assertThat(peps.indexingStatus()).isEqualTo(new IndexingStatus(0.5, 1, 1, 2));
        peps.flush(FlushPosition.APPLIED);
        assertThat(server.last().uri()).endsWith(ID + "/flush?position=applied");
    }

    @Test
    void lagIsReadForEveryCollection() {
        server.reply(200,
                """
                        [{"id":"i","tenant":"t","database":"d","name":"n","dimension":3,
                          "operations":10,"linked_operations":4,
                          "records":8,"acked_seq_id":30,"durable_seq_id":30,"applied_seq_id":28,
                          "linked_seq_id":22,
                          "ingest_lag":{"records":2,"bytes":99,"seconds":0.5},
                          "index_lag":{"records":6,"bytes":0,"seconds":1},
                          "queued_ranges":1,"parked_entries":0}]""");

        CollectionLag lag = client.lag().get(0);

        assertThat(lag.appliedOperations()).isEqualTo(8);
        assertThat(lag.linkedOperations()).isEqualTo(4);
        assertThat(lag.indexLag().records()).isEqualTo(6);
        assertThat(lag.ingestLag().bytes()).isEqualTo(99);
    }

    @Test
    void anErrorCarriesStatusAndMessage() {
        server.reply(409, "{\"error\":\"ChromaError\",\"message\":\"Collection [x] already exists\"}");

        assertThatThrownBy(() -> client.createCollection("x", CollectionConfig.DEFAULT))
                .isInstanceOfSatisfying(ForebayException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS))
                .hasMessage("Collection [x] already exists");
    }

    @Test
    void anErrorWithoutJsonIsToldAsItIs() {
        server.reply(413, "Payload too large").reply(404, "").reply(412, "");

        assertThatThrownBy(() -> client.version())
                .hasMessage("HTTP 413 from /api/v2/version: Payload too large")
                .isInstanceOfSatisfying(ForebayException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE));
        assertThatThrownBy(() -> client.version()).hasMessage("HTTP 404 from /api/v2/version");
        assertThatThrownBy(() -> client.version()).isInstanceOfSatisfying(ForebayException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void anAnswerThatIsNotChromasIsToldAsSuch() {
        server.reply(200, "<html>").reply(200, "{\"name\":\"x\"}");

        assertThatThrownBy(() -> client.version()).hasMessageContaining("is not what Chroma's API says");
        assertThatThrownBy(() -> client.collection("x")).hasMessageContaining("a collection without an id");
    }

    @Test
    void aBackoffIsTriedAgainAsTheServerAsks() {
        CollectionClient peps = collection();
        server.reply(429, Map.of("Retry-After", "0"), "{\"error\":\"Backoff\",\"message\":\"wait\"}")
                .reply(429, Map.of("Retry-After", "0.001"), "")
                .reply(201, Map.of("Forebay-Seq-Id", "1"), "{}");

        Written written = peps.write(RecordBatch.builder(Operation.ADD).record("a", new float[]{1}).build());

        assertThat(written.maxSeqId()).isEqualTo(1);
        assertThat(server.requests()).hasSize(4);
        assertThat(server.requests().subList(1, 4)).extracting(RecordingServer.Request::body).containsOnly(
                "{\"ids\":[\"a\"],\"embeddings\":[\"" + base64(1) + "\"]}");
    }

    @Test
    void backoffsEndAfterTheirNumber() throws Exception {
        try (ForebayClient impatient = ForebayClient.builder(URI.create(server.url())).backoffAttemptsMax(1)
                .backoffMax(Duration.ofMillis(1)).build()) {
            server.reply(429, Map.of("Retry-After", "3600"), "").reply(429, Map.of("Retry-After", "7"),
                    "{\"error\":\"Backoff\",\"message\":\"log_bytes_max is reached\"}");

            assertThatThrownBy(impatient::version).hasMessage("log_bytes_max is reached")
                    .isInstanceOfSatisfying(ForebayException.class,
                            e -> {
                                assertThat(e.code()).isEqualTo(ErrorCode.BACKOFF);
                                assertThat(e.retryAfterSeconds()).isEqualTo(7);
                            });
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void aClosedClientSaysSo() {
        ForebayClient closed = ForebayClient.connect(server.url());
        closed.close();
        assertThatThrownBy(closed::version).isInstanceOfSatisfying(ForebayException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessage("this client is closed");
    }

    @Test
    void noServerIsAClearError() throws Exception {
        int port = 9; // "discard", which nobody has
        try (ForebayClient lost = ForebayClient.connect("http://127.0.0.1:" + port)) {
            assertThatThrownBy(lost::version)
                    .hasMessageContaining("cannot connect to http://127.0.0.1:" + port)
                    .isInstanceOfSatisfying(ForebayException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        }
    }

    @Test
    void anAddressThatIsNoneIsRefused() {
        assertThatThrownBy(() -> ForebayClient.connect("localhost:8000"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("http://127.0.0.1:8000");
    }

    @Test
    void aFilterThatIsNotJsonIsRefusedBeforeItIsSent() {
        assertThatThrownBy(() -> Filter.where("{\"a\": }")).hasMessage("where is not JSON: {\"a\": }");
        assertThatThrownBy(() -> Filter.where("{} {}")).hasMessageContaining("goes on after");
        assertThatThrownBy(() -> Filter.document("")).hasMessageContaining("where_document is empty");
    }

    @Test
    void aTokenGoesWithEveryRequestAndIsCheckedFirst() throws IOException {
        try (RecordingServer server = new RecordingServer();
                ForebayClient client = ForebayClient.builder(URI.create(server.url())).token("fb_a_b")
                        .build();
                ForebayClient without = ForebayClient.connect(server.url())) {
            server.reply(200, "\"1.0.0\"").reply(401, "{\"error\":\"ChromaError\",\"message\":\"no\"}");
            client.version();
            assertThat(server.last().header("X-chroma-token")).isEqualTo("fb_a_b");
            assertThatThrownBy(without::version).isInstanceOfSatisfying(ForebayException.class,
                    e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED)).hasMessage("no");
            assertThat(server.last().header("X-chroma-token")).isEmpty();
        }
        ForebayClient.Builder builder = ForebayClient.builder(URI.create("http://h"));
        for (String bad : List.of("", "a b", "a\nb", "\u00e9")) {
            assertThatThrownBy(() -> builder.token(bad)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("a b");
        }
    }
}
