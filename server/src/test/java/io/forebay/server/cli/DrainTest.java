package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.model.GetRequest;
import io.forebay.model.ReadOptions;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process is told to stop while it has work. */
class DrainTest {
    private static final String COLLECTIONS = "/api/v2/tenants/default_tenant/databases/default_database/collections";

    @TempDir
    Path directory;

    private final Set<String> acked = ConcurrentHashMap.newKeySet();
    private UUID collection;
    private volatile boolean noticed;

    private HttpResponse<String> send(HttpClient client, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder post(URI uri, String body) {
        return HttpRequest.newBuilder(uri).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private void create(ServerProcess server) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            String made = send(client, post(server.address.resolve(COLLECTIONS), "{\"name\":\"docs\"}"))
                    .body();
            collection = UUID.fromString(made.replaceFirst("(?s).*\"id\":\"([^\"]+)\".*", "$1"));
        }
    }

    private static String record(String id) {
        return "{\"ids\":[\"" + id + "\"],\"embeddings\":[[1,2]]}";
    }

    private URI add(ServerProcess server) {
        return server.address.resolve(COLLECTIONS + "/" + collection + "/add");
    }

    /** As a load balancer sends requests: until it has noticed that the server is about to stop. Each must be acked. */
    private int write(ServerProcess server, int writer) {
        int count = 0;
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (!noticed) {
                String id = writer + "-" + count;
                HttpResponse<String> answer = send(client, post(add(server), record(id)));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
                acked.add(id);
                count++;
            }
            return count;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("a request that was accepted got no answer", e);
        }
    }

    private void everyAckIsInTheStore(ServerProcess server) {
        try (Forebay store = Forebay.open(server.store, ForebayOptions.defaults().withDiskReserveBytes(0))) {
            List<String> found = new ArrayList<>();
            store.get(collection, new GetRequest(null, null, null, 0, Set.of()), ReadOptions.DEFAULT).join()
                    .forEach(record -> found.add(record.id()));
            assertThat(found).containsAll(acked);
        }
    }

    @Test
    @Tag("long")
    void whileItDrainsEverythingIsAnsweredAndAllOfItIsInTheStore() throws Exception {
        try (ServerProcess server = new ServerProcess(directory, Map.of("server.drain_millis", "1500"))) {
            create(server);
            List<CompletableFuture<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int writer = i;
                writers.add(CompletableFuture.supplyAsync(() -> write(server, writer)));
            }
            await().until(() -> acked.size() > 50);
            server.terminate();
            AtomicInteger before = new AtomicInteger();
            try (HttpClient client = HttpClient.newHttpClient()) {
                await().until(() -> send(client, HttpRequest.newBuilder(server.address.resolve("/readyz")))
                        .statusCode() == 503);
                before.set(acked.size());
                await().until(() -> acked.size() > before.get() + 20);
                noticed = true;
                assertThat(
                        send(client, HttpRequest.newBuilder(server.address.resolve("/livez"))).statusCode())
                        .isEqualTo(200);
            }
            writers.forEach(CompletableFuture::join);
            assertThat(server.process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(server.process.exitValue()).as(Files.readString(server.log)).isZero();
            everyAckIsInTheStore(server);
            assertThat(Files.readString(server.store.resolve("audit/audit.log"))).contains("server.start",
                    "collection.create", "server.stop");
        }
    }

    @Test
    void aRequestThatHasBegunIsAnsweredAndAStreamEnds() throws Exception {
        try (ServerProcess server = new ServerProcess(directory, Map.of())) {
            create(server);
            String body = record("late");
            try (Socket socket = new Socket("127.0.0.1", server.address.getPort());
                    Socket stream = new Socket("127.0.0.1", server.address.getPort())) {
                stream.setSoTimeout(90_000);
                stream.getOutputStream().write("GET /api/forebay/lag/stream HTTP/1.1\r\nHost: h\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(stream.getInputStream().read()).isEqualTo('H');
                socket.setSoTimeout(90_000);
                socket.getOutputStream().write(("POST " + add(server).getPath() + " HTTP/1.1\r\nHost: h\r\n"
                        + "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                // The server has it when it asks for the body.
                assertThat(socket.getInputStream().readNBytes(25)).asString().contains("100 Continue");
                server.terminate();
                assertThat(stream.getInputStream().readAllBytes()).as("ends").isNotEmpty();
                socket.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertThat(answer).startsWith("HTTP/1.1 201 ").containsIgnoringCase("connection: close");
                acked.add("late");
            }
            assertThat(server.process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(server.process.exitValue()).as(Files.readString(server.log)).isZero();
            everyAckIsInTheStore(server);
        }
    }

    @Test
    @Tag("long")
    void aSecondSignalEndsItAtOnceAndNothingAcknowledgedIsLost() throws Exception {
        try (ServerProcess server = new ServerProcess(directory, Map.of("server.drain_millis", "600000"))) {
            create(server);
            try (HttpClient client = HttpClient.newHttpClient()) {
                assertThat(send(client, post(add(server), record("one"))).statusCode()).isEqualTo(201);
                acked.add("one");
                server.terminate();
                await().until(() -> send(client, HttpRequest.newBuilder(server.address.resolve("/readyz")))
                        .statusCode() == 503);
            }
            server.terminate();
            assertThat(server.process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(server.process.exitValue()).isEqualTo(1);
            assertThat(Files.readString(server.log)).contains("a second signal");
            everyAckIsInTheStore(server);
        }
    }
}
