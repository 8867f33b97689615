package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.Forebay;
import io.forebay.server.auth.Authentication;
import io.forebay.server.auth.Rates;
import io.forebay.server.ops.Readiness;
import io.forebay.server.ops.RequestLog;
import io.forebay.server.ops.ServerOps;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbesTest {
    @TempDir
    Path directory;

    @AfterEach
    void nothingLeaks() {
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static ServerOps ops(Readiness readiness) {
        return ServerOps.open(readiness, new RequestLog(0, false), Rates.NONE, ServerOps.Audit.OFF, null,
                null);
    }

    @Test
    void aServerThatServesIsAliveAndReady() {
        try (TestServer server = TestServer.start(directory)) {
            assertThat(server.get("/livez").body()).isEqualTo("{\"status\":\"alive\",\"reasons\":[]}");
            HttpResponse<String> ready = server.get("/readyz");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(ready.body()).isEqualTo("{\"status\":\"ready\",\"reasons\":[]}");
        }
    }

    @Test
    void aServerThatIsAboutToStopIsAliveNotReadyAndStillServes() {
        Readiness readiness = Readiness.opening();
        try (ServerOps ops = ops(readiness);
                TestServer server = TestServer.start(directory, TestServer.options(), Authentication.OFF,
                        ops)) {
            assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
            readiness.drain();
            HttpResponse<String> ready = server.get("/readyz");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("the server is stopping");
            assertThat(ready.headers().firstValue("connection")).contains("close");
            assertThat(server.get("/livez").statusCode()).isEqualTo(200);
            String docs = server.collection("docs");
            assertThat(server.post(docs + "/add", "{\"ids\":[\"a\"],\"embeddings\":[[1]]}").statusCode())
                    .isEqualTo(201);
            assertThat(server.metrics.scrape()).contains("forebay_draining 1.0");
        }
    }

    @Test
    void aPortWhoseStoreIsBeingOpenedSaysSo() throws IOException, InterruptedException {
        LeakWatch.install();
        HttpOptions options = TestServer.options();
        try (ServerOps ops = ops(Readiness.opening()); HttpClient client = HttpClient.newHttpClient()) {
            HttpPort port = HttpPort.open(options, ops);
            URI base = URI.create("http://127.0.0.1:" + port.port());
            for (String path : List.of("/livez", "/readyz", "/api/v2/heartbeat")) {
                HttpResponse<String> answer = get(client, base.resolve(path));
                assertThat(answer.statusCode()).as(path).isEqualTo(path.equals("/livez") ? 200 : 503);
                assertThat(answer.headers().firstValue("connection")).contains("close");
                if (!path.equals("/livez")) {
                    assertThat(answer.body()).contains("being opened");
                }
            }
            assertThat(get(client, base.resolve("/api/v2")).headers().firstValue("Retry-After")).isPresent();
            ServerMetrics metrics = new ServerMetrics();
            try (Forebay engine = Forebay.open(directory, TestServer.engineOptions(), metrics);
                    HttpServer server = HttpServer.start(port, engine, options, metrics, Authentication.OFF,
                            null, null, ops)) {
                assertThat(server.port()).isEqualTo(base.getPort());
                assertThat(get(client, base.resolve("/readyz")).statusCode()).isEqualTo(200);
                assertThat(get(client, base.resolve("/api/v2/heartbeat")).statusCode()).isEqualTo(200);
            } finally {
                metrics.close();
            }
        }
    }

    private static HttpResponse<String> get(HttpClient client, URI uri)
            throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void whatTheAuditLogCannotWriteIsInHealthAndKeepsTheServerReady() throws IOException {
        Path blocked = Files.writeString(directory.resolve("blocked"), "");
        ServerOps.Audit audit = new ServerOps.Audit(blocked.resolve("audit.log"), 1 << 20, 2);
        try (ServerOps ops = ServerOps.open(Readiness.opening(), new RequestLog(0, false), Rates.NONE, audit,
                null,
                null);
                TestServer server = TestServer.start(directory.resolve("store"), TestServer.options(),
                        Authentication.OFF, ops)) {
            server.collection("docs");
            await().untilAsserted(() -> assertThat(server.get("/healthz").body())
                    .contains("\"yellow\"", "the audit log cannot be written"));
            assertThat(server.get("/api/forebay/overview").body()).contains("\"yellow\"",
                    "the audit log cannot be written");
            assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(server.metrics.scrape()).contains("forebay_audit_lost_total 1.0");
        }
    }
}
