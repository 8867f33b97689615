package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.WriteOptions;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenStore;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code GET /api/forebay/lag/stream} as a client meets it. Whoever waits for an event that never comes gets heartbeats. */
@Timeout(120)
class LagStreamTest {
    private static final String STREAM = "/api/forebay/lag/stream";
    private static final String TENANT = "default_tenant";
    private static final String DATABASE = "default_database";

    @TempDir
    Path directory;

    @AfterEach
    void nothingLeaks() {
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    /** What a viewer does with the events: the state by id. */
    private static final class Viewer implements AutoCloseable {
        final LiveClient client;
        final Map<String, Map<String, Object>> state = new HashMap<>();
        Map<String, Object> last = Map.of();
        int wholes;
        int events;

        Viewer(TestServer server, String query, String... headers) throws IOException {
            client = new LiveClient(server, STREAM + query, headers);
            assertThat(client.status).isEqualTo(200);
        }

        /** Takes the next event; false at the end. */
        boolean take() throws IOException {
            LiveClient.Event event = client.event();
            if (event == null) {
                return false;
            }
            assertThat(event.name()).isEqualTo("lag");
            last = event.json();
            events++;
            if (last.get("whole").equals(true)) {
                state.clear();
                wholes++;
            }
            for (Object one : ApiDocument.list(last.get("collections"))) {
                Map<String, Object> collection = ApiDocument.map(one);
                state.put((String) collection.get("id"), collection);
            }
            ApiDocument.list(last.get("removed")).forEach(state::remove);
            return true;
        }

        Viewer takeWhole() throws IOException {
            do {
                take();
            } while (last.get("more").equals(true));
            return this;
        }

        long operations(UUID id) {
            Map<String, Object> one = state.get(id.toString());
            return one == null ? -1 : (Long) one.get("operations");
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    private static UUID collection(TestServer server, String database, String name) {
        return server.engine
                .createCollection(TENANT, database, name, null, CollectionConfig.of(Space.L2), false)
                .join().id();
    }

    private static void write(TestServer server, UUID collection, String id) {
        server.engine.write(collection,
                RecordBatch.builder(Operation.UPSERT).record(id, new float[]{1, 2}, null).build(),
                WriteOptions.DEFAULT).join();
    }

    @Test
    void firstComesEverythingAndThenWhatMoved() throws IOException {
        try (TestServer server = TestServer.start(directory)) {
            UUID still = collection(server, DATABASE, "still");
            UUID moving = collection(server, DATABASE, "moving");
            try (Viewer viewer = new Viewer(server, "")) {
                assertThat(viewer.client.header("content-type")).isEqualTo("text/event-stream");
                assertThat(viewer.client.header("cache-control")).isEqualTo("no-store");
                viewer.takeWhole();
                assertThat(viewer.state).containsOnlyKeys(still.toString(), moving.toString());
                assertThat(viewer.last).containsKey("store");
                write(server, moving, "a");
                while (viewer.operations(moving) != 1) {
                    viewer.take();
                }
                while (viewer.state.get(moving.toString()).get("linked_operations").equals(0L)) {
                    viewer.take();
                }
                assertThat(viewer.wholes).isEqualTo(1);
                // What is told is what moved, and nothing else.
                write(server, moving, "b");
                while (viewer.operations(moving) != 2) {
                    viewer.take();
                    assertThat(ApiDocument.list(viewer.last.get("collections"))).extracting(
                            one -> ApiDocument.map(one).get("id")).doesNotContain(still.toString());
                }
                UUID made = collection(server, DATABASE, "made");
                while (viewer.operations(made) < 0) {
                    viewer.take();
                }
                server.engine.deleteCollection(TENANT, DATABASE, "made").join();
                while (viewer.state.containsKey(made.toString())) {
                    viewer.take();
                }
                assertThat(viewer.wholes).isEqualTo(1);
            }
            await().untilAsserted(() -> assertThat(server.metrics.scrape())
                    .contains("\nforebay_lag_streams_open 0"));
        }
    }

    @Test
    void muchIsToldInSeveralEvents() throws IOException {
        try (TestServer server = TestServer.start(directory)) {
            for (int i = 0; i < 250; i++) {
                collection(server, DATABASE, "collection-" + i);
            }
            try (Viewer viewer = new Viewer(server, "")) {
                viewer.takeWhole();
                assertThat(viewer.state).hasSize(250);
                assertThat(viewer.events).isEqualTo(3);
                assertThat(viewer.wholes).isEqualTo(1);
            }
        }
    }

    @Test
    void oneCanAskForSomeOfThem() throws IOException {
        try (TestServer server = TestServer.start(directory)) {
            UUID one = collection(server, DATABASE, "one");
            UUID other = collection(server, DATABASE, "other");
            try (Viewer viewer = new Viewer(server, "?collection=one");
                    Viewer all = new Viewer(server, "?interval_millis=1000")) {
                viewer.takeWhole();
                all.takeWhole();
                write(server, other, "a");
                while (all.operations(other) != 1) {
                    all.take();
                }
                write(server, one, "a");
                while (viewer.operations(one) != 1) {
                    viewer.take();
                }
                assertThat(viewer.state).containsOnlyKeys(one.toString());
                assertThat(viewer.last).doesNotContainKey("store");
            }
            for (String wrong : List.of("999", "60001", "x", "99999999999999999999")) {
                assertThat(server.get(STREAM + "?interval_millis=" + wrong).statusCode()).as(wrong)
                        .isEqualTo(400);
            }
            assertThat(server.send(HttpRequest.newBuilder(server.uri(STREAM)).HEAD()).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void silenceIsFilledWithHeartbeatsAndStreamsAreBounded() throws IOException {
        try (TestServer server = TestServer.start(directory, TestServer.options().withChanges(2, 100))) {
            try (Viewer first = new Viewer(server, ""); Viewer second = new Viewer(server, "")) {
                first.takeWhole();
                second.takeWhole();
                CompletableFuture<Boolean> end = CompletableFuture.supplyAsync(() -> untilTheEnd(first));
                await().until(() -> first.client.heartbeats > 1);
                try (LiveClient third = new LiveClient(server, STREAM)) {
                    assertThat(third.status).isEqualTo(429);
                    assertThat(third.body()).contains("server.changes_max (2 streams of lag at once)");
                }
                assertThat(server.metrics.scrape()).contains("\nforebay_lag_streams_open 2");
                server.server.close();
                assertThat(end).as("a proper end when the server stops")
                        .succeedsWithin(Duration.ofSeconds(90)).isEqualTo(true);
            }
        }
    }

    /** True when the stream had a proper end. */
    private static boolean untilTheEnd(Viewer viewer) {
        try {
            while (viewer.take()) {
                continue;
            }
            return true;
        } catch (EOFException cut) {
            return false;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTokenWithLimitsSeesItsOwnAndARevokedOneNothingMore() throws IOException {
        Tokens tokens = new Tokens(directory);
        String reader = tokens.make("reader", Role.READ, TENANT, "mine");
        try (TokenStore store = TokenStore.open(tokens.file);
                TestServer server = TestServer.start(directory.resolve("store"), TestServer.options(),
                        TestServer.engineOptions(), store)) {
            server.engine.createDatabase(TENANT, "mine").join();
            UUID mine = collection(server, "mine", "one");
            UUID theirs = collection(server, DATABASE, "one");
            try (LiveClient nobody = new LiveClient(server, STREAM)) {
                assertThat(nobody.status).isEqualTo(401);
            }
            try (Viewer viewer = new Viewer(server, "", "x-chroma-token: " + reader)) {
                viewer.takeWhole();
                for (String id : List.of("a", "b")) {
                    write(server, theirs, id);
                    write(server, mine, id);
                }
                UUID dropped = collection(server, DATABASE, "dropped");
                server.engine.deleteCollection(TENANT, DATABASE, "dropped").join();
                List<Object> removed = new ArrayList<>();
                while (viewer.operations(mine) != 2) {
                    viewer.take();
                    removed.addAll(ApiDocument.list(viewer.last.get("removed")));
                }
                write(server, mine, "c");
                while (viewer.operations(mine) != 3) {
                    viewer.take();
                    removed.addAll(ApiDocument.list(viewer.last.get("removed")));
                }
                assertThat(viewer.state).containsOnlyKeys(mine.toString());
                assertThat(removed).doesNotContain(dropped.toString());
                assertThat(viewer.last).doesNotContainKey("store");
                CompletableFuture<Boolean> end = CompletableFuture.supplyAsync(() -> untilTheEnd(viewer));
                tokens.file.remove(Set.of("reader"));
                assertThat(end).succeedsWithin(Duration.ofSeconds(90)).isEqualTo(false);
            }
        }
    }

    @Test
    void whoDoesNotReadHoldsNothingUpAndLaterSeesWhatIsThen() throws IOException {
        try (TestServer server = TestServer.start(directory)) {
            List<UUID> all = new ArrayList<>();
            String longName = "n".repeat(500); // a round is more than a megabyte, all of them more than sockets hold
            for (int i = 0; i < 1_000; i++) {
                all.add(collection(server, DATABASE, longName + i));
            }
            UUID last = all.getLast();
            try (Viewer asleep = new Viewer(server, ""); Viewer awake = new Viewer(server, "")) {
                for (int round = 1; round <= 6; round++) {
                    for (UUID one : all) {
                        write(server, one, "r" + round);
                    }
                    while (awake.operations(last) < round) {
                        awake.take();
                    }
                }
                Set<Long> seen = new HashSet<>();
                while (asleep.operations(last) < 6) {
                    asleep.take();
                    seen.add(asleep.operations(last));
                }
                seen.removeIf(round -> round < 1);
                assertThat(seen).as("of what it missed nothing was kept").hasSizeLessThan(6).contains(6L);
                assertThat(asleep.state).hasSize(1_000);
            }
        }
    }

    /** It shuts its half while an earlier request of it is still being answered, so before the stream begins. */
    @Test
    void whoWillReadNothingIsLetGoBeforeTheFirstHeartbeat() throws IOException {
        try (TestServer server = TestServer.start(directory);
                Socket socket = new Socket("127.0.0.1", server.server.port())) {
            String docs = server.collection("docs");
            socket.getOutputStream().write(("GET " + docs + "/count HTTP/1.1\r\nHost: x\r\n\r\nGET " + STREAM
                    + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(all).startsWith("HTTP/1.1 200").doesNotContain("\n:");
        }
    }
}
