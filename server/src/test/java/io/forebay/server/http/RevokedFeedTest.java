package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenStore;
import java.io.EOFException;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The feed of a token that is revoked ends soon, although its connection is never silent for {@code stallMillis}. */
class RevokedFeedTest {
    private static final String BASE = "/api/v2/tenants/default_tenant"
            + "/databases/default_database/collections";
    private static final String TOKEN = "x-chroma-token";

    @TempDir
    Path directory;

    private Tokens tokens;
    private TokenStore store;
    private TestServer server;
    private String admin;
    private String follower;
    private String collection;

    @BeforeEach
    void start() {
        tokens = new Tokens(directory);
        admin = tokens.make("boss", Role.ADMIN);
        follower = tokens.make("follower", Role.READ);
        store = TokenStore.open(tokens.file);
        server = TestServer.start(directory.resolve("store"), TestServer.options().withChanges(64, 300),
                TestServer.engineOptions(), store);
        collection = BASE + "/" + TestJson.object(post(BASE, "{\"name\":\"docs\"}").body()).get("id");
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    private HttpResponse<String> post(String path, String body) {
        HttpResponse<String> answer = server
                .send(HttpRequest.newBuilder(server.uri(path)).header(TOKEN, admin)
                        .header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).isBetween(200, 201);
        return answer;
    }

    @Test
    void aFeedWithNothingButHeartbeatsEnds() throws IOException {
        try (LiveClient feed = new LiveClient(server, collection + "/changes", TOKEN + ": " + follower)) {
            assertThat(feed.status).isEqualTo(200);
            CompletableFuture<Void> end = CompletableFuture.runAsync(() -> readToTheEnd(feed));
            await().until(() -> feed.heartbeats > 1);
            assertThat(end).isNotDone();
            tokens.file.remove(Set.of("follower"));
            assertThat(end).succeedsWithin(Duration.ofSeconds(90));
        }
    }

    @Test
    void aFeedThatIsNeverSilentEnds() throws IOException {
        try (LiveClient feed = new LiveClient(server, collection + "/changes", TOKEN + ": " + follower)) {
            CompletableFuture<Void> end = CompletableFuture.runAsync(() -> readToTheEnd(feed));
            tokens.file.remove(Set.of("follower"));
            long last = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            for (int i = 0; !end.isDone() && System.nanoTime() < last; i++) {
                post(collection + "/add", "{\"ids\":[\"r" + i + "\"],\"embeddings\":[[1,2]]}");
            }
            assertThat(end).isCompleted();
        }
    }

    private static void readToTheEnd(LiveClient feed) {
        try {
            while (feed.event() != null) {
                continue;
            }
        } catch (EOFException cut) {
            // A connection that is closed has no last chunk.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
