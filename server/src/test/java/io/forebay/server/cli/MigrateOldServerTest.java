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
import java.util.ArrayList;
import java.util.List;
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
    private volatile String name = "old";
    private volatile String count = "3";
    private volatile String middle = "null";
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
                        [{"name": "%s", "id": "%s", "metadata": {"hnsw:space": "cosine", "hnsw:M": 24}, "dimension": 2,
                          "tenant": "default_tenant", "database": "default_database", "version": 0}]"""
                        .formatted(name, ID);
            case "/api/v1/collections/" + ID + "/count" -> count;
            case "/api/v1/collections/" + ID + "/get" -> body.contains("\"include\":[]")
                    ? body.contains("\"offset\":0") ? "{\"ids\": [\"a\", \"gone\", \"b\"]}" : "{\"ids\": []}"
                    : """
                            {"ids": ["a", "gone", "b"], "embeddings": [[1.0, 0.5], %s, [-0.25, 1e-3]],
                             "metadatas": [{"n": 5, "x": 5.0}, null, null], "documents": ["first", null, null],
                             "uris": null, "data": null}"""
                            .formatted(middle);
            default -> "";
        };
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.isEmpty() ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Outcome migrate(String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("migrate", "--from", "http://127.0.0.1:" + old.getAddress().getPort(),
                        "--to", target.url(), "--state", folder.resolve("state").toString()));
        arguments.addAll(List.of(more));
        return Outcome.of(arguments.toArray(String[]::new));
    }

    @Test
    void whatWasRefusedBeforeIsNotMissingLater() {
        middle = "[1.0, 2.0, 3.0]";
        Outcome first = migrate();
        assertThat(first.code()).as(first.err() + first.out()).isEqualTo(LoadCommand.EXIT_REFUSED);
        assertThat(first.err()).contains("the record 'gone' is refused", "dimension");
        Outcome again = migrate("--resume", "--verify", "full");
        assertThat(again.code()).as(again.err() + again.out()).isEqualTo(LoadCommand.EXIT_REFUSED);
        assertThat(again.out()).contains("1 refused", "the same");
    }

    @Test
    void aMigrationWhoseCopyIsNotTheSameIsNotAtItsEnd() {
        middle = "[1.0, 2.0]";
        count = "5";
        assertThat(migrate().out()).contains("NOT THE SAME", "the source has 5 records, the target 3");
        assertThat(migrate().err()).contains("an earlier migration is not at its end");
        count = "3";
        assertThat(migrate("--resume").code()).isZero();
        assertThat(migrate("--on-existing", "skip").code()).isZero();
    }

    @Test
    void chromaHasNoForksWhateverTheirNames() {
        name = "old-migrate-1234567890123";
        Outcome outcome = migrate();
        assertThat(outcome.out()).contains(name + "  2 records", "1 of 1 collections");
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
