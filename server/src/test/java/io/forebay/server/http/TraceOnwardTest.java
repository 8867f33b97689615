package io.forebay.server.http;

import static io.forebay.server.http.ImportForms.ended;
import static io.forebay.server.http.ImportForms.field;
import static io.forebay.server.http.ImportForms.file;
import static io.forebay.server.http.ImportForms.idOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.source.SourceOptions;
import io.forebay.server.auth.Authentication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An embedding service that is called for somebody is told of his trace. */
class TraceOnwardTest {
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String STATE = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE";

    @TempDir
    Path directory;

    /** Of the calls of the service. */
    private final List<Headers> heard = new CopyOnWriteArrayList<>();
    private HttpServer service;
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/v1/embeddings", this::embeddings);
        service.start();
        ImportOptions o = ImportHttpTest.options(1 << 20, 0);
        EmbeddingConnection elsewhere = EmbeddingConnection.openai("elsewhere",
                URI.create("http://127.0.0.1:" + service.getAddress().getPort() + "/v1"), "m", null);
        server = TestServer.start(directory, TestServer.options(), Authentication.OFF,
                new ImportOptions(o.uploadBytesMax(), o.jobsAtOnceMax(), o.extractChunkSize(),
                        o.transformBatchSize(), o.loadBatchSize(), o.chunksAtOnceMax(),
                        o.memoryThresholdBytes(), 1, 20, 10, o.keepMillis(), o.orphanMillis(), 0,
                        o.jobsWaitingMax(), 8 << 20, o.lineBytesMax(), o.expandedRatioMax(), "elsewhere",
                        List.of(elsewhere)),
                SourceOptions.NONE);
    }

    @AfterEach
    void stop() {
        server.close();
        service.stop(0);
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private void embeddings(HttpExchange exchange) throws IOException {
        try (exchange) {
            heard.add(exchange.getRequestHeaders());
            Map<String, Object> asked = TestJson.object(
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            String vectors = IntStream.range(0, ApiDocument.list(asked.get("input")).size())
                    .mapToObj(i -> "{\"index\":" + i + ",\"embedding\":[1,2,3]}")
                    .collect(Collectors.joining(","));
            byte[] answer = ("{\"data\":[" + vectors + "]}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private void embed(String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri("/api/forebay/embed"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"texts\":[\"one\"]}"));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        assertThat(server.send(request).statusCode()).isEqualTo(200);
    }

    private String upload(String text, String... headers) {
        HttpRequest.Builder request = ImportForms.request(server, "/api/etl/upload",
                field("collection_name", "docs")
                        + file("docs.jsonl", "{\"id\":\"" + text + "\",\"text\":\"" + text + "\"}\n")
                        + ImportForms.end());
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        String id = idOf(server.send(request));
        assertThat(ended(server, id)).containsEntry("status", "completed");
        return id;
    }

    @Test
    void theTraceOfARequestGoesOnAsItCame() {
        embed("traceparent", TRACE, "tracestate", STATE);
        assertThat(heard.getLast().get("traceparent")).containsExactly(TRACE);
        assertThat(heard.getLast().get("tracestate")).containsExactly(STATE);
        embed("traceparent", TRACE, "tracestate", "a=1", "tracestate", "b=2");
        assertThat(heard.getLast().get("tracestate")).containsExactly("a=1,b=2");
        // A version that is to come: what is known of it, as the first one.
        embed("traceparent", "0a" + TRACE.substring(2) + "-more");
        assertThat(heard.getLast().get("traceparent")).containsExactly(TRACE);
    }

    @Test
    void whatIsNoTraceGoesNowhere() {
        embed();
        assertThat(heard.getLast()).doesNotContainKeys("Traceparent", "Tracestate");
        embed("traceparent", "00-none", "tracestate", STATE);
        assertThat(heard.getLast()).doesNotContainKeys("Traceparent", "Tracestate");
        embed("traceparent", TRACE, "tracestate", "a=" + "b".repeat(600));
        assertThat(heard.getLast().get("traceparent")).containsExactly(TRACE);
        assertThat(heard.getLast()).doesNotContainKey("Tracestate");
        assertThat(heard).hasSize(3);
    }

    @Test
    void aJobGoesOnInTheTraceOfTheRequestThatMadeItOrInOneOfItsOwn() {
        upload("first", "traceparent", TRACE, "tracestate", STATE);
        assertThat(heard.getLast().get("traceparent")).containsExactly(TRACE);
        assertThat(heard.getLast().get("tracestate")).containsExactly(STATE);
        String own = upload("second");
        assertThat(heard.getLast().getFirst("traceparent"))
                .matches("00-" + own.replace("-", "") + "-[0-9a-f]{16}-00");
        assertThat(heard).hasSize(2);
    }
}
