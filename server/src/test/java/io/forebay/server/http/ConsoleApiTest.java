package io.forebay.server.http;

import static io.forebay.server.http.ImportForms.end;
import static io.forebay.server.http.ImportForms.field;
import static io.forebay.server.http.ImportForms.file;
import static io.forebay.server.http.ImportForms.form;
import static io.forebay.server.http.ImportForms.idOf;
import static io.forebay.server.http.ImportForms.jsonl;
import static io.forebay.server.http.ImportForms.request;
import static io.forebay.server.http.ImportForms.upload;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.source.SourceOptions;
import io.forebay.server.auth.Authentication;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the console asks for besides what all clients do. */
class ConsoleApiTest {
    @TempDir
    static Path directory;

    private static TestServer server;
    private static ApiDocument document;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory, TestServer.options().withChanges(3, 200), Authentication.OFF,
                ImportOptions.defaults(), SourceOptions.NONE);
        document = new ApiDocument(server.get("/openapi.json").body());
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static Map<String, Object> told(HttpResponse<String> answer, String schema) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        Map<String, Object> json = TestJson.object(answer.body());
        assertThat(document.problems(Map.of("$ref", "#/components/schemas/" + schema), json, true)).isEmpty();
        return json;
    }

    private static Map<String, Object> overview() {
        return told(server.get("/api/forebay/overview"), "Overview");
    }

    private static double number(Map<String, Object> in, String part, String name) {
        Object value = ApiDocument.map(in.get(part)).get(name);
        return value == null ? -1 : ((Number) value).doubleValue();
    }

    @Test
    void theOverviewTellsWhatWasWrittenAndReadJustNow() {
        String path = server.collection("overview");
        for (int i = 0; i < 20; i++) {
            server.post(path + "/add", "{\"ids\":[\"a" + i + "\",\"b" + i + "\"],\"embeddings\":[[1],[2]]}");
            server.post(path + "/get", "{}");
        }
        Map<String, Object> now = overview();
        assertThat(number(now, "writes", "acks_per_second")).isPositive();
        assertThat(number(now, "writes", "records_per_second"))
                .isGreaterThanOrEqualTo(number(now, "writes", "acks_per_second"));
        assertThat(number(now, "writes", "ack_p99_millis"))
                .isGreaterThanOrEqualTo(number(now, "writes", "ack_p50_millis")).isPositive();
        assertThat(number(now, "reads", "per_second")).isPositive();
        assertThat(number(now, "requests", "per_second")).isPositive();
        assertThat(number(now, "requests", "connections")).isPositive();
        assertThat(number(now, "disk", "total_bytes")).isGreaterThan(number(now, "disk", "free_bytes"));
        assertThat(number(now, "memory", "heap_used_bytes")).isPositive();
        assertThat((Long) now.get("collections")).isPositive();
        assertThat(ApiDocument.map(now.get("health"))).containsEntry("status", "green");
    }

    @Test
    void theOverviewShowsTheNewestJobFirst() {
        String id = idOf(upload(server, form("jobs-shown", "docs.jsonl", jsonl(0, 10))));
        Awaitility.await().untilAsserted(() -> {
            List<?> recent = ApiDocument.list(ApiDocument.map(overview().get("jobs")).get("recent"));
            assertThat(ApiDocument.map(recent.getFirst())).containsEntry("job_id", id)
                    .containsEntry("status", "completed");
        });
    }

    @Test
    void overviewsGoOnAndAreBounded() throws IOException {
        List<LiveClient> open = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                LiveClient live = new LiveClient(server, "/api/forebay/overview/stream");
                open.add(live);
                assertThat(live.status).isEqualTo(200);
                assertThat(live.header("content-type")).isEqualTo("text/event-stream");
            }
            try (LiveClient refused = new LiveClient(server, "/api/forebay/overview/stream")) {
                assertThat(refused.status).isEqualTo(429);
            }
            String before = "";
            for (int i = 0; i < 3; i++) {
                LiveClient.Event event = open.getFirst().event();
                assertThat(event.name()).isEqualTo("overview");
                assertThat((String) event.json().get("time")).isGreaterThan(before);
                before = (String) event.json().get("time");
            }
            assertThat(open.get(1).event().json()).containsKeys("health", "log", "jobs");
        } finally {
            for (LiveClient live : open) {
                live.close();
            }
        }
        Awaitility.await().untilAsserted(() -> {
            try (LiveClient again = new LiveClient(server,
                    "/api/forebay/overview/stream?interval_millis=5000")) {
                assertThat(again.status).isEqualTo(200);
            }
        });
        assertThat(server.get("/api/forebay/overview/stream?interval_millis=10").statusCode()).isEqualTo(400);
    }

    @Test
    void theLogTellsItsFilesAndWhoHoldsThem() {
        String path = server.collection("held");
        String batch = "{\"ids\":[\"x\"],\"embeddings\":[[1]],\"documents\":[\"" + "d".repeat(1 << 20)
                + "\"]}";
        for (int i = 0; i < 10; i++) { // files of 8 MiB
            assertThat(server.post(path + "/upsert", batch).statusCode()).isEqualTo(200);
        }
        Map<String, Object> log = told(server.get("/api/forebay/log"), "Log");
        List<?> extents = ApiDocument.list(log.get("extents"));
        assertThat(extents).hasSizeGreaterThanOrEqualTo(2);
        Map<String, Object> last = ApiDocument.map(extents.getLast());
        assertThat(last).containsEntry("current", true).containsEntry("holders", 0L);
        long before = 0;
        for (Object one : extents) {
            Map<String, Object> extent = ApiDocument.map(one);
            if (extent.get("min_seq_id") instanceof Long first) {
                assertThat(first).isGreaterThan(before);
                before = (Long) extent.get("max_seq_id");
            }
        }
        assertThat(before).isEqualTo(log.get("end_seq_id"));
        assertThat(extents.stream().map(ApiDocument::map).filter(extent -> !extent.get("holders").equals(0L))
                .flatMap(extent -> ApiDocument.list(extent.get("held_by")).stream()).map(ApiDocument::map)
                .map(holder -> holder.get("name"))).contains("held");
    }

    @Test
    void aTextBecomesTheVectorOfTheLocalModel() {
        Map<String, Object> made = told(server.post("/api/forebay/embed",
                "{\"texts\":[\"a dog\",\"a puppy\",\"the stock exchange\"]}"), "Embedded");
        assertThat(made).containsEntry("connection", "local").containsEntry("dimension", 384L);
        List<?> vectors = ApiDocument.list(made.get("embeddings"));
        assertThat(dot(vectors.get(0), vectors.get(1))).isGreaterThan(dot(vectors.get(0), vectors.get(2)));
        assertThat(dot(vectors.get(0), vectors.get(0))).isBetween(0.99, 1.01);
    }

    private static double dot(Object one, Object other) {
        List<?> a = ApiDocument.list(one);
        List<?> b = ApiDocument.list(other);
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += ((Number) a.get(i)).doubleValue() * ((Number) b.get(i)).doubleValue();
        }
        return sum;
    }

    @Test
    void whatCannotBeEmbeddedIsRefused() {
        assertThat(server.post("/api/forebay/embed", "{\"texts\":[]}").statusCode()).isEqualTo(422);
        assertThat(server.post("/api/forebay/embed", "{}").statusCode()).isEqualTo(422);
        assertThat(
                server.post("/api/forebay/embed", "{\"texts\":[\"a\"],\"connection\":\"none\"}").statusCode())
                .isEqualTo(400);
        assertThat(server.post("/api/forebay/embed", "{\"texts\":[\"a\"],\"connection\":\"nope\"}").body())
                .contains("nope").contains("local");
        assertThat(server.post("/api/forebay/embed", "{\"texts\":[\"" + "x".repeat(100_001) + "\"]}")
                .statusCode()).isEqualTo(422);
    }

    @Test
    void theConnectionsAreToldWithTheDefaultFirst() {
        HttpResponse<String> answer = server.get("/api/etl/connections");
        assertThat(answer.body()).isEqualTo("[{\"name\":\"local\",\"kind\":\"local\","
                + "\"model\":\"all-MiniLM-L6-v2\",\"dimension\":384},{\"name\":\"none\",\"kind\":\"none\","
                + "\"model\":null,\"dimension\":null}]");
    }

    @Test
    void theBeginningOfAFileIsShownAndNothingOfItKept() throws IOException {
        String csv = "id,title,pages\n1,One,10\n2,Two,20\n3,Thr";
        Map<String, Object> preview = told(server.send(request(server, "/api/etl/preview",
                field("truncated", "true") + field("limit", "5") + file("books.csv", csv) + end())),
                "Preview");
        assertThat(preview).containsEntry("format", "csv").containsEntry("documents", 2L);
        assertThat(ApiDocument.list(preview.get("rows")).stream().map(ApiDocument::map)
                .map(row -> row.get("title"))).containsExactly("One", "Two");
        assertThat(ApiDocument.list(preview.get("fields")).stream().map(ApiDocument::map)
                .map(one -> one.get("name"))).containsExactly("id", "title", "pages");
        assertThat(spooled()).isEmpty();
    }

    @Test
    void aPreviewThatIsRefusedLeavesNothing() throws IOException {
        assertThat(preview(file("a.pdf", "x") + end())).isEqualTo(415);
        assertThat(preview(file("a.json", "nonsense") + end())).isEqualTo(422);
        assertThat(preview(field("limit", "0") + file("a.jsonl", "{}") + end())).isEqualTo(422);
        assertThat(preview(field("nope", "0") + file("a.jsonl", "{}") + end())).isEqualTo(422);
        assertThat(preview(end())).isEqualTo(422);
        assertThat(preview(file("a.jsonl", "{\"a\":1}\n".repeat(2_500_000)) + end())).isEqualTo(413);
        Awaitility.await().untilAsserted(() -> assertThat(spooled()).isEmpty());
    }

    private static int preview(String body) {
        return server.send(request(server, "/api/etl/preview", body)).statusCode();
    }

    private static List<Path> spooled() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("imports/spool"))) {
            return files.toList();
        }
    }
}
