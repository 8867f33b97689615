package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.client.CollectionClient;
import io.forebay.client.Filter;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.client.Written;
import io.forebay.model.CollectionConfig;
import io.forebay.model.ErrorCode;
import io.forebay.model.GetRequest;
import io.forebay.model.NotReachedException;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.ReadPosition;
import io.forebay.model.RecordBatch;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Levels, positions and time limits over HTTP, while the indexer stands. */
class PositionsTest {
    private static final String ALL = "{}";
    private static final String NEAREST = "{\"query_embeddings\":[[1]],\"n_results\":5}";
    private static final String SEARCH = "{\"searches\":[{\"rank\":{\"$knn\":{\"query\":[1]}}}]}";

    @TempDir
    Path directory;

    private final HeldIndexer indexer = new HeldIndexer();
    private TestServer server;
    private String path;
    private String seqId;

    /** The collection has a record that is applied, and one that is not before the indexer is released. */
    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(directory, TestServer.options(), indexer);
        path = server.collection("docs");
        indexer.hold();
        add("a");
        indexer.awaitHeld();
        seqId = add("b");
    }

    @AfterEach
    void stop() {
        indexer.release();
        server.close();
    }

    private String add(String id) {
        return server.post(path + "/add", "{\"ids\":[\"" + id + "\"],\"embeddings\":[[1]]}").headers()
                .firstValue("Forebay-Seq-Id").orElseThrow();
    }

    private HttpResponse<String> send(String at, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(at));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return server.send(body == null
                ? request.GET()
                : request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    /** Every read of the interface, old and new, as path and body. */
    private Map<String, String> reads() {
        String id = path.substring(path.lastIndexOf('/') + 1);
        return Map.of(path + "/get", ALL, path + "/query", NEAREST, path + "/search", SEARCH, path + "/count",
                ALL,
                "/api/v1/collections/" + id + "/query", NEAREST);
    }

    private List<HttpResponse<String>> all(String query, String... headers) {
        List<HttpResponse<String>> answers = new ArrayList<>();
        reads().forEach((at, body) -> answers.add(send(at + query, body, headers)));
        answers.add(send(path + "/count" + query, null, headers));
        return answers;
    }

    @Test
    void everyReadThatIsNotInTimeAnswersWithTheCurrentPosition() {
        long applied = Long.parseLong(seqId) - 1;
        for (HttpResponse<String> late : all("", "Forebay-Timeout-Millis", "20")) {
            assertLate(late, applied);
        }
        for (String level : List.of("index_only", "index_and_bounded_wal")) {
            for (HttpResponse<String> late : all("?read_level=" + level, "Forebay-Timeout-Millis", "20",
                    "Forebay-Min-Seq-Id", seqId)) {
                assertLate(late, applied);
            }
        }
    }

    private void assertLate(HttpResponse<String> late, long applied) {
        assertThat(late.statusCode()).as(late.body()).isEqualTo(504);
        assertThat(late.headers().firstValue("Forebay-Applied-Seq-Id")).contains(Long.toString(applied));
        assertThat(TestJson.object(late.body())).containsEntry("error", "ChromaError")
                .containsEntry("wanted_seq_id", Long.parseLong(seqId))
                .containsEntry("applied_seq_id", applied);
    }

    @Test
    void everyReadTellsThePositionItSaw() {
        String before = Long.toString(Long.parseLong(seqId) - 1);
        for (HttpResponse<String> now : all("", "Forebay-Read-Level", "index_only")) {
            assertThat(now.statusCode()).as(now.body()).isEqualTo(200);
            assertThat(now.headers().firstValue("Forebay-Applied-Seq-Id")).contains(before);
        }
        indexer.release();
        for (HttpResponse<String> now : all("")) {
            assertThat(now.headers().firstValue("Forebay-Applied-Seq-Id")).contains(seqId);
            assertThat(now.headers().firstValue("Forebay-Linked-Seq-Id")).isPresent();
        }
    }

    @Test
    void aCollectionsOwnLevelHoldsWhereNeitherQueryNorHeaderNorBodySays() {
        HttpRequest.Builder change = HttpRequest.newBuilder(server.uri(path))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"new_configuration\":{\"read_level\":\"index_only\"}}"));
        assertThat(server.send(change).statusCode()).isEqualTo(200);
        assertThat(all("")).allMatch(answer -> answer.statusCode() == 200);
        String[] soon = {"Forebay-Timeout-Millis", "20"};
        assertThat(all("?read_level=index_and_wal", soon)).allMatch(answer -> answer.statusCode() == 504);
        assertThat(all("", "Forebay-Read-Level", "index_and_wal", "Forebay-Timeout-Millis", "20"))
                .allMatch(answer -> answer.statusCode() == 504);
        String named = SEARCH.substring(0, SEARCH.length() - 1) + ",\"read_level\":\"index_and_wal\"}";
        assertThat(send(path + "/search", named, soon).statusCode()).isEqualTo(504);
        // What the body of a search says goes before what stands around it.
        named = named.replace("index_and_wal", "index_only");
        assertThat(send(path + "/search?read_level=index_and_wal", named, soon).statusCode()).isEqualTo(200);
    }

    @Test
    void nonsenseIsRefusedOnEveryRead() {
        String[][] nonsense = {{"Forebay-Min-Seq-Id", "-1"}, {"Forebay-Min-Seq-Id", "1.5"},
                {"Forebay-Min-Seq-Id", "99999999999999999999"}, {"Forebay-Min-Seq-Id", "1000000"},
                {"Forebay-Timeout-Millis", "soon"}, {"Forebay-Read-Level", "all"}};
        for (String[] header : nonsense) {
            assertThat(all("", header)).as(header[1])
                    .allMatch(answer -> answer.statusCode() == 400 && answer.body().contains(header[1]));
        }
        assertThat(all("?read_level=INDEX_ONLY")).allMatch(answer -> answer.statusCode() == 400);
    }

    @Test
    void aFlushThatIsNotInTimeAnswersWithItsPosition() {
        for (String position : List.of("applied", "linked")) {
            HttpResponse<String> late = server.send(HttpRequest
                    .newBuilder(server.uri(path + "/flush?position=" + position))
                    .header("Forebay-Timeout-Millis", "20").POST(BodyPublishers.noBody()));
            assertThat(late.statusCode()).isEqualTo(504);
            assertThat(late.headers().firstValue("Forebay-" + position + "-Seq-Id")).isPresent();
            assertThat(TestJson.object(late.body())).containsKey(position + "_seq_id")
                    .containsEntry("wanted_seq_id", Long.parseLong(seqId));
        }
        assertThat(server.post(path + "/flush?position=durable", "").statusCode()).isEqualTo(200);
    }

    @Test
    void theJavaClientNamesAndIsToldPositions() {
        try (ForebayClient client = ForebayClient.connect(server.uri("").toString())) {
            CollectionClient docs = client.getOrCreateCollection("docs", CollectionConfig.DEFAULT);
            ReadPosition[] told = new ReadPosition[1];
            ReadOptions now = ReadOptions.of(ReadLevel.INDEX_ONLY)
                    .tellingPosition(position -> told[0] = position);
            assertThat(docs.count(now)).isEqualTo(1);
            assertThat(told[0].appliedSeqId()).isEqualTo(Long.parseLong(seqId) - 1);
            ReadOptions soon = now.withMinSeqId(Long.parseLong(seqId)).withTimeoutMillis(20);
            assertThatThrownBy(() -> docs.get(GetRequest.first(5), Filter.NONE, soon))
                    .isInstanceOfSatisfying(NotReachedException.class, late -> {
                        assertThat(late.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
                        assertThat(late.reachedSeqId()).isEqualTo(told[0].appliedSeqId());
                        assertThat(late.wantedSeqId()).isEqualTo(Long.parseLong(seqId));
                    });
            assertThatThrownBy(() -> docs.flush(FlushPosition.LINKED, 20))
                    .isInstanceOfSatisfying(NotReachedException.class,
                            late -> assertThat(late.position()).isEqualTo("linked"));
            indexer.release();
            Written written = docs
                    .write(RecordBatch.builder(Operation.ADD).record("c", new float[]{3}).build());
            ReadOptions session = now.withMinSeqId(written.maxSeqId());
            assertThat(docs.query(QueryRequest.nearest(new float[]{3}, 1), Filter.NONE, session)).hasSize(1);
            assertThat(told[0].appliedSeqId()).isEqualTo(written.maxSeqId());
            assertThat(docs.countMatching(List.of("c", "d"), Filter.NONE, session)).isEqualTo(1);
        }
    }

    @Test
    void everyReadTellsWhereItsTimeWent() {
        indexer.release();
        for (HttpResponse<String> answer : all("")) {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Server-Timing").orElse("none"))
                    .matches("wait;dur=[\\d.]+, filter;dur=[\\d.]+, search;dur=[\\d.]+, records;dur=[\\d.]+");
        }
        String nearest = send(path + "/query", NEAREST).headers().firstValue("Server-Timing").orElseThrow();
        assertThat(nearest).doesNotContain("search;dur=0.000").contains("filter;dur=0.0");
    }
}
