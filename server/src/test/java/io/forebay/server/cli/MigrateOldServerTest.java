package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forebay.client.ForebayClient;
import io.forebay.model.GetRequest;
import io.forebay.model.MetadataValue;
import io.forebay.model.Space;
import io.forebay.server.load.LoadServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code forebay migrate} from what stands in for a Chroma before 0.6, which knew only the interface v1: such a server is a
 * Python package, which the tests cannot have. It answers as those did.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MigrateOldServerTest {
    private static final String ID = "11111111-2222-3333-4444-555555555555";
    @TempDir
    Path folder;
    private HttpServer old;
    private LoadServer target;
    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() throws IOException {
        target = LoadServer.start(folder.resolve("store"));
        old = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        old.createContext("/", this::answer);
        old.start();
    }

    @AfterEach
    void stop() {
        old.stop(0);
        target.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().toString();
        asked.add(path);
        String answer = switch (path.replaceFirst("\\?.*", "")) {
            case "/api/v1/heartbeat" -> "{\"nanosecond heartbeat\": 1}";
            case "/api/v1/collections" ->
                """
                        [{"name": "old", "id": "%s", "metadata": {"hnsw:space": "cosine", "hnsw:M": 24}, "dimension": 2,
                          "tenant": "default_tenant", "database": "default_database", "version": 0}]"""
                        .formatted(ID);
            case "/api/v1/collections/" + ID + "/count" -> "3";
            case "/api/v1/collections/" + ID + "/get" -> body.contains("\"include\":[]")
                    ? body.contains("\"offset\":0") ? "{\"ids\": [\"a\", \"gone\", \"b\"]}" : "{\"ids\": []}"
                    : """
                            {"ids": ["a", "gone", "b"], "embeddings": [[1.0, 0.5], null, [-0.25, 1e-3]],
                             "metadatas": [{"n": 5, "x": 5.0}, null, null], "documents": ["first", null, null],
                             "uris": null, "data": null}""";
            default -> "";
        };
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.isEmpty() ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void theOldInterfaceIsFoundAndRecordsWithoutEmbeddingsAreRefused() {
        Outcome outcome = Outcome.of("migrate", "--from", "http://127.0.0.1:" + old.getAddress().getPort(),
                "--to", target.url(), "--database", "default_database", "--state",
                folder.resolve("state").toString(), "--verify", "full");
        assertThat(outcome.code()).as(outcome.err() + outcome.out()).isEqualTo(LoadCommand.EXIT_REFUSED);
        assertThat(outcome.out()).contains("Chroma (interface v1)", "old  2 records", "1 refused");
        assertThat(outcome.err()).contains("the record 'gone' is refused: it has no embedding");
        assertThat(asked).anyMatch(path -> path.startsWith("/api/v1/collections?tenant=default_tenant"
                + "&database=default_database"));
        try (ForebayClient client = target.client()) {
            var docs = client.collection("old");
            assertThat(docs.description().space()).isEqualTo(Space.COSINE);
            assertThat(docs.count()).isEqualTo(2);
            assertThat(docs.get(GetRequest.ofIds("a"))).singleElement().satisfies(record -> {
                assertThat(record.embedding()).containsExactly(1, 0.5f);
                assertThat(record.metadata()).containsEntry("n", MetadataValue.of(5L)).containsEntry("x",
                        MetadataValue.of(5.0));
            });
        }
    }
}
