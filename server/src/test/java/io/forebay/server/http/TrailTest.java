package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.forebay.server.auth.Authentication;
import io.forebay.server.auth.Rates;
import io.forebay.server.ops.Readiness;
import io.forebay.server.ops.RequestLog;
import io.forebay.server.ops.ServerOps;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What requests leave in headers and logs. */
class TrailTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @TempDir
    Path directory;

    private ServerOps ops;
    private TestServer server;
    private Path audit;

    @BeforeEach
    void start() {
        audit = directory.resolve("audit/audit.log");
        ops = ServerOps.open(Readiness.opening(), new RequestLog(0, true), Rates.NONE,
                new ServerOps.Audit(audit, 1 << 20, 3), null, null);
        server = TestServer.start(directory.resolve("store"), TestServer.options(), Authentication.OFF, ops);
    }

    @AfterEach
    void stop() {
        server.close();
        ops.close();
    }

    @AfterAll
    static void nothingLeaks() {
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private HttpResponse<String> get(String path, String... headers) {
        return server.send(HttpRequest.newBuilder(server.uri(path)).headers(headers).GET());
    }

    @Test
    void anAnswerNamesItsRequest() {
        assertThat(get("/api/v2/heartbeat", "X-Request-Id", "job-7").headers().firstValue("X-Request-Id"))
                .contains("job-7");
        assertThat(server.get("/api/v2/heartbeat").headers().firstValue("X-Request-Id")).isPresent();
        assertThat(server.get("/nowhere").headers().firstValue("X-Request-Id")).isPresent();
        assertThat(get("/api/v2/heartbeat", "X-Request-Id", "a b\"c").headers().firstValue("X-Request-Id"))
                .hasValueSatisfying(id -> assertThat(id).matches("[0-9a-f]+-[0-9a-f]+"));
    }

    @Test
    void anErrorHasTheTraceOfItsRequest() {
        String header = "00-" + TRACE + "-00f067aa0ba902b7-01";
        assertThat(get("/api/v2/tenants/none", "traceparent", header).headers().firstValue("chroma-trace-id"))
                .contains(TRACE);
        assertThat(get("/api/v2/tenants/none", "traceparent", "00-x").headers().firstValue("chroma-trace-id"))
                .contains("0".repeat(32));
        assertThat(get("/api/v2/heartbeat", "traceparent", header).headers().firstValue("chroma-trace-id"))
                .isEmpty();
    }

    @Test
    void everyRequestHasALineWhenThatIsAskedFor() {
        try (LogCapture log = new LogCapture("io.forebay.requests", Level.INFO)) {
            String docs = server.collection("docs");
            server.post(docs + "/add", "{\"ids\":[\"a\",\"b\"],\"embeddings\":[[1,7.25],[2,3]]}");
            server.send(HttpRequest.newBuilder(server.uri(docs + "/query"))
                    .header("Content-Type", "application/json")
                    .header("X-Request-Id", "q-1")
                    .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                    .POST(HttpRequest.BodyPublishers
                            .ofString("{\"query_embeddings\":[[1,7.25]],\"n_results\":2,\"ids\":[\"a\"]}")));
            await().until(() -> log.events.size() >= 3);
            Map<String, String> query = log.events.stream().map(LogCapture::fields)
                    .filter(f -> "q-1".equals(f.get("request_id"))).findFirst().orElseThrow();
            assertThat(query).containsEntry("method", "POST").containsEntry("status", "200")
                    .containsEntry("collection_name", "docs").containsEntry("queries", "1")
                    .containsEntry("n_results", "2").containsEntry("trace_id", TRACE)
                    .containsEntry("address", "127.0.0.1")
                    .containsKeys("millis", "plan", "stages", "collection");
            assertThat(log.events.toString() + query).doesNotContain("7.25");
        }
    }

    @Test
    void whatAnAdministratorWouldAskForIsInTheAuditLog() throws Exception {
        String docs = server.collection("docs");
        server.post(docs + "/add", "{\"ids\":[\"a\"],\"embeddings\":[[1]]}");
        server.post("/api/v2/tenants", "{\"name\":\"acme\"}");
        server.post("/api/v2/tenants/acme/databases", "{\"name\":\"base\"}");
        server.post(docs + "/fork", "{\"new_name\":\"copy\"}");
        server.send(HttpRequest.newBuilder(server.uri("/api/v2/tenants/acme/databases/base")).DELETE());
        server.send(HttpRequest.newBuilder(server.uri("/api/v2/reset")).header("X-Request-Id", "r-1")
                .POST(HttpRequest.BodyPublishers.noBody()));
        server.close();
        ops.close();
        List<String> lines = Files.readAllLines(audit);
        assertThat(lines.stream()
                .map(line -> TestJson.object(line).get("action") + " " + TestJson.object(line).get("result")))
                .containsExactly("collection.create done", "tenant.create done", "database.create done",
                        "collection.fork done", "database.drop done", "server.reset refused");
        assertThat(TestJson.object(lines.get(0))).containsEntry("name", "docs").containsEntry("database",
                "default_database");
        assertThat(TestJson.object(lines.get(1))).containsEntry("name", "acme");
        assertThat(TestJson.object(lines.get(3))).containsEntry("new_name", "copy")
                .containsEntry("collection_name", "docs");
        assertThat(lines.get(5)).contains("\"request_id\":\"r-1\"", "\"address\":\"127.0.0.1\"");
    }
}
