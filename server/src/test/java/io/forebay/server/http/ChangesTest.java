package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.WriteOptions;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Durability;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.WriteAck;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The change feed as a client meets it. */
class ChangesTest {
    private static final String COLLECTIONS = "/api/v2/tenants/default_tenant/databases/default_database"
            + "/collections";
    private static final String BINARY = "Accept: application/vnd.forebay.changes";

    @TempDir
    Path directory;

    @AfterEach
    void nothingLeaks() {
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static Random random() {
        Long given = Long.getLong("forebay.seed");
        long seed = given == null ? System.nanoTime() : given;
        System.err.println("ChangesTest: -Dforebay.seed=" + seed);
        return new Random(seed);
    }

    private static HttpOptions options() {
        return TestServer.options();
    }

    private static double metric(TestServer server, String name) {
        return server.metrics.scrape().lines().filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length()))).sum();
    }

    /** A batch of about so many bytes, in records of a kilobyte. */
    private static RecordBatch large(String prefix, int bytes) {
        RecordBatchBuilder builder = RecordBatch.builder(Operation.UPSERT);
        for (int i = 0; i < bytes >> 10; i++) {
            builder.record(prefix + "-" + i, new float[]{i, 1}, "x".repeat(1000));
        }
        return builder.build();
    }

    @Test
    void everyOperationComesInTheFormsOfTheApi() throws IOException {
        try (TestServer server = TestServer.start(directory, options())) {
            String docs = server.collection("docs");
            server.post(docs + "/add", """
                    {"ids":["a","b"],"embeddings":[[1,0.5],[2,3]],"documents":["one\\nline","zwei \\u00e4"],
                     "metadatas":[{"n":1,"f":2.0,"t":true,"s":"x"},null],"uris":[null,"u://b"]}""");
            server.post(docs + "/upsert", "{\"ids\":[\"c\"],\"embeddings\":[[7,8]]}");
            server.post(docs + "/update", "{\"ids\":[\"a\"],\"metadatas\":[{\"n\":null,\"s\":\"y\"}]}");
            server.post(docs + "/delete", "{\"ids\":[\"b\"]}");
            try (LiveClient client = new LiveClient(server, docs + "/changes?from_seq_id=0")) {
                assertThat(client.status).isEqualTo(200);
                assertThat(client.header("content-type")).isEqualTo("text/event-stream");
                assertThat(client.header("cache-control")).isEqualTo("no-store");
                List<LiveClient.Event> events = List.of(client.event(), client.event(), client.event(),
                        client.event(), client.event());
                assertThat(events).extracting(LiveClient.Event::name).containsExactly("add", "add", "upsert",
                        "update", "delete");
                long first = events.getFirst().id();
                for (int i = 0; i < 5; i++) {
                    assertThat(events.get(i).id()).isEqualTo(first + i);
                    assertThat(events.get(i).json()).containsEntry("seq_id", first + i);
                    assertThat((Long) events.get(i).json().get("time"))
                            .isBetween(System.currentTimeMillis() - 600_000, System.currentTimeMillis());
                }
                assertThat(without(events.get(0)))
                        .isEqualTo(TestJson.object("{\"id\":\"a\",\"embedding\":[1.0,0.5],"
                                + "\"metadata\":{\"n\":1,\"f\":2.0,\"t\":true,\"s\":\"x\"},\"document\":\"one\\nline\"}"));
                assertThat(without(events.get(1)))
                        .isEqualTo(TestJson.object("{\"id\":\"b\",\"embedding\":[2.0,3.0],"
                                + "\"document\":\"zwei \u00e4\",\"uri\":\"u://b\"}"));
                assertThat(without(events.get(3))).isEqualTo(
                        TestJson.object("{\"id\":\"a\",\"metadata\":{\"n\":null,\"s\":\"y\"}}"));
                assertThat(without(events.get(4))).isEqualTo(TestJson.object("{\"id\":\"b\"}"));
            }
            try (LiveClient client = new LiveClient(server, docs + "/changes?from_seq_id=0&include=uris")) {
                assertThat(without(client.event())).isEqualTo(Map.of("id", "a"));
                assertThat(without(client.event())).isEqualTo(Map.of("id", "b", "uri", "u://b"));
            }
        }
    }

    private static Map<String, Object> without(LiveClient.Event event) {
        Map<String, Object> json = event.json();
        json.remove("seq_id");
        json.remove("time");
        return json;
    }

    @Test
    void theBinaryFormCanBeReadFromItsDescriptionAlone() throws IOException {
        try (TestServer server = TestServer.start(directory, options().withChanges(64, 50))) {
            String docs = server.collection("docs");
            try (LiveClient client = new LiveClient(server, docs + "/changes", BINARY)) {
                assertThat(client.header("content-type")).isEqualTo("application/vnd.forebay.changes");
                ChangeFrames frames = new ChangeFrames(client.content);
                assertThat(frames.next().kind()).as("a heartbeat").isZero();
                server.post(docs + "/add", """
                        {"ids":["a","b"],"embeddings":[[1,0.5],[2,3]],"documents":["one",null],
                         "metadatas":[{"n":1,"f":2.5,"t":true,"s":"x"},null],"uris":[null,"u://b"]}""");
                server.post(docs + "/update", """
                        {"ids":["a","b"],"embeddings":[null,[5,6]],"metadatas":[{"n":null},null]}""");
                server.engine.write(id(docs), large("big", 9 << 20), WriteOptions.DEFAULT).join();
                server.post(docs + "/delete", "{\"ids\":[\"b\"]}");
                ChangeFrames.Frame add = batch(frames);
                assertThat(add.operation()).isEqualTo(1);
                assertThat(add.minSeqId()).isEqualTo(Long.parseLong(client.header("forebay-from-seq-id")));
                assertThat(add.maxSeqId()).isEqualTo(add.minSeqId() + 1);
                assertThat(ChangeFrames.rows(add.payload())).containsExactly(
                        new ChangeFrames.Row("a", List.of(1f, 0.5f), "one", null,
                                Map.of("n", 1L, "f", 2.5, "t", true, "s", "x")),
                        new ChangeFrames.Row("b", List.of(2f, 3f), null, "u://b", null));
                ChangeFrames.Frame update = batch(frames);
                assertThat(update.operation()).isEqualTo(3);
                assertThat(ChangeFrames.rows(update.payload())).extracting(ChangeFrames.Row::embedding)
                        .containsExactly(null, List.of(5f, 6f));
                ChangeFrames.Frame big = batch(frames);
                assertThat(big.payload()).isEqualTo(large("big", 9 << 20).encoded());
                ChangeFrames.Frame delete = batch(frames);
                assertThat(delete.operation()).isEqualTo(4);
                assertThat(delete.minSeqId()).isEqualTo(big.maxSeqId() + 1);
                drop(server, "docs");
                ChangeFrames.Frame dropped = batch(frames);
                assertThat(dropped.kind()).isEqualTo(2);
                assertThat(frames.next()).isNull();
            }
        }
    }

    private static ChangeFrames.Frame batch(ChangeFrames frames) throws IOException {
        ChangeFrames.Frame frame = frames.next();
        while (frame.kind() == 0) {
            frame = frames.next();
        }
        return frame;
    }

    private static UUID id(String path) {
        return UUID.fromString(path.substring(path.lastIndexOf('/') + 1));
    }

    private static void drop(TestServer server, String name) {
        assertThat(server.send(HttpRequest.newBuilder(server.uri(COLLECTIONS + "/" + name)).DELETE())
                .statusCode())
                .isEqualTo(200);
    }

    @Test
    void nothingIsMissingAndNothingComesTwiceHoweverOftenAClientComesBackAndTheServerStarts()
            throws Exception {
        Random random = random();
        NavigableMap<Long, String> oracle = new ConcurrentSkipListMap<>();
        List<LiveClient.Event> given = new ArrayList<>();
        long lastId = 0;
        CollectionInfo[] collections = new CollectionInfo[3];
        for (int life = 0; life < 3; life++) {
            try (TestServer server = TestServer.start(directory, options())) {
                for (int i = 0; i < 3; i++) {
                    collections[i] = server.engine.createCollection("default_tenant", "default_database",
                            "docs-" + i, null, CollectionConfig.DEFAULT, true).join();
                }
                List<CompletableFuture<Void>> writers = new ArrayList<>();
                for (int w = 0; w < 4; w++) {
                    long seed = random.nextLong();
                    writers.add(CompletableFuture.runAsync(() -> write(server, collections, seed, oracle)));
                }
                String changes = COLLECTIONS + "/" + collections[1].id() + "/changes";
                CompletableFuture<Void> done = CompletableFuture
                        .allOf(writers.toArray(CompletableFuture[]::new));
                while (!done.isDone() || given.size() < oracle.size()) {
                    // The header wins over the parameter, as when a browser connects again.
                    boolean header = random.nextBoolean();
                    String path = changes + "?from_seq_id=" + (header ? 0 : lastId + 1);
                    try (LiveClient client = header
                            ? new LiveClient(server, path, "Last-Event-ID: " + lastId)
                            : new LiveClient(server, path)) {
                        for (int left = random.nextInt(200); left > 0
                                && given.size() < oracle.size(); left--) {
                            given.add(client.event());
                            lastId = client.lastId;
                        }
                    }
                }
                done.join();
            }
        }
        assertThat(given).extracting(LiveClient.Event::id).containsExactlyElementsOf(oracle.keySet());
        assertThat(given).extracting(event -> event.name() + " " + event.json().get("id"))
                .containsExactlyElementsOf(oracle.values());
    }

    private static void write(TestServer server, CollectionInfo[] collections, long seed,
            Map<Long, String> oracle) {
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            int collection = random.nextInt(3);
            Operation operation = random.nextBoolean() ? Operation.ADD : Operation.UPSERT;
            RecordBatchBuilder builder = RecordBatch.builder(operation);
            int records = 1 + random.nextInt(10);
            for (int r = 0; r < records; r++) {
                builder.record(seed + "-" + i + "-" + r, new float[]{i, r}, null,
                        Map.of("r", MetadataValue.of(r)),
                        null);
            }
            WriteAck ack = server.engine.write(collections[collection].id(), builder.build(),
                    new WriteOptions(random.nextBoolean() ? Durability.SYNC : Durability.OS)).join();
            for (int r = 0; collection == 1 && r < records; r++) {
                oracle.put(ack.minSeqId() + r,
                        (operation == Operation.ADD ? "add " : "upsert ") + seed + "-" + i
                                + "-" + r);
            }
        }
    }

    @Test
    void aSlowReaderHoldsLittleAndStopsNobody() throws IOException {
        try (TestServer server = TestServer.start(directory, options().withPatience(60_000, 60_000, 3_000))) {
            String docs = server.collection("docs");
            try (LiveClient slow = new LiveClient(server, docs + "/changes?include=documents")) {
                int batches = 40;
                for (int i = 0; i < batches; i++) {
                    server.engine.write(id(docs), large("b" + i, 1 << 20), WriteOptions.DEFAULT).join();
                }
                // What the sockets of both sides hold, and what is queued here.
                assertThat(metric(server, "forebay_changes_bytes_total")).isBetween(1.0, 12e6);
                long before = slow.event().id();
                for (int i = 1; i < batches * 1024; i++) {
                    LiveClient.Event event = slow.event();
                    assertThat(event.id()).isEqualTo(before + 1);
                    before = event.id();
                }
                assertThat(metric(server, "forebay_changes_bytes_total")).isGreaterThan(batches * 1e6);
            }
        }
    }

    @Test
    void whatIsPurgedIsAnswered410AndASlowReaderIsToldInItsStream() throws IOException {
        try (TestServer server = TestServer.start(directory, options().withPatience(60_000, 60_000, 3_000),
                TestServer.engineOptions().withExtentBytes(4 << 20).withCheckpointIntervalMillis(50))) {
            String docs = server.collection("docs");
            try (LiveClient sse = new LiveClient(server, docs + "/changes?from_seq_id=1");
                    LiveClient binary = new LiveClient(server, docs + "/changes?from_seq_id=1", BINARY)) {
                for (int i = 0; i < 60; i++) {
                    server.engine.write(id(docs), large("b" + i, 1 << 20), WriteOptions.DEFAULT).join();
                }
                HttpResponse<String> gone = awaitPurged(server, docs);
                Map<String, Object> told = TestJson.object(gone.body());
                long oldest = (Long) told.get("oldest_seq_id");
                assertThat(told).containsEntry("error", "ChromaError");
                assertThat((String) told.get("message")).contains("oldest available seqId is " + oldest);
                assertThat(gone.headers().firstValue("Forebay-Oldest-Seq-Id")).contains("" + oldest);
                endsWithAnError(sse);
                endsWithAnError(new ChangeFrames(binary.content));
                String before = docs + "/changes?from_seq_id=" + (oldest - 1);
                assertThat(server.get(before).statusCode()).isEqualTo(410);
                try (LiveClient rest = new LiveClient(server, docs + "/changes?from_seq_id=" + oldest)) {
                    assertThat(rest.status).isEqualTo(200);
                    long end = server.engine.status(id(docs)).ackedSeqId();
                    for (long seqId = oldest; seqId <= end; seqId++) {
                        assertThat(rest.event().id()).isEqualTo(seqId);
                    }
                }
            }
        }
    }

    /** When nothing more will be purged. */
    private static HttpResponse<String> awaitPurged(TestServer server, String docs) {
        server.post(docs + "/flush?position=applied", "");
        AtomicReference<String> before = new AtomicReference<>();
        // Many checkpoints long.
        await().during(Duration.ofMillis(1_500)).atMost(Duration.ofSeconds(90)).until(() -> {
            String now = server.get(docs + "/changes?from_seq_id=1").body();
            return now.equals(before.getAndSet(now)) && server.engine.stats().logExtents() <= 2;
        });
        return server.get(docs + "/changes?from_seq_id=1");
    }

    private static void endsWithAnError(LiveClient client) throws IOException {
        long before = client.event().id();
        LiveClient.Event event = client.event();
        while (!event.name().equals("error")) {
            assertThat(event.id()).isEqualTo(before + 1);
            before = event.id();
            event = client.event();
        }
        assertThat((Long) event.json().get("oldest_seq_id")).isGreaterThan(before + 1);
        assertThat(client.event()).isNull();
    }

    /** Or inside a frame, where the connection can only be cut. */
    private static void endsWithAnError(ChangeFrames frames) {
        long before = -1;
        try {
            ChangeFrames.Frame frame = batch(frames);
            for (; frame.kind() == 1; frame = batch(frames)) {
                assertThat(before < 0 || frame.minSeqId() == before + 1).isTrue();
                before = frame.maxSeqId();
            }
            assertThat(frame.kind()).isEqualTo(3);
            assertThat(frame.minSeqId()).isGreaterThan(before + 1);
        } catch (IOException cut) {
            assertThat(before).isPositive();
        }
    }

    @Test
    void aSilentStreamHasAHeartbeatAndStaysOpenWhateverTheStallLimit() throws IOException {
        try (TestServer server = TestServer.start(directory,
                options().withChanges(64, 300).withPatience(100, 100, 3_000))) {
            String docs = server.collection("docs");
            try (LiveClient client = new LiveClient(server, docs + "/changes")) {
                CompletableFuture<Void> later = CompletableFuture.runAsync(
                        () -> server.post(docs + "/add", "{\"ids\":[\"a\"],\"embeddings\":[[1]]}"),
                        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
                assertThat(client.event().name()).isEqualTo("add");
                assertThat(client.heartbeats).isBetween(1, 4);
                later.join();
            }
        }
    }

    @Test
    void aDropEndsTheStreamAndSoDoesTheServer() throws IOException {
        try (TestServer server = TestServer.start(directory, options())) {
            String docs = server.collection("docs");
            String kept = server.collection("kept");
            try (LiveClient client = new LiveClient(server, docs + "/changes");
                    LiveClient other = new LiveClient(server, kept + "/changes");
                    LiveClient frames = new LiveClient(server, kept + "/changes", BINARY)) {
                server.post(docs + "/add", "{\"ids\":[\"a\"],\"embeddings\":[[1]]}");
                drop(server, "docs");
                LiveClient.Event event = client.event();
                assertThat(event.name()).isIn("add", "dropped");
                event = event.name().equals("add") ? client.event() : event;
                assertThat(event.name()).isEqualTo("dropped");
                assertThat(event.json()).isEqualTo(Map.of("collection_id", id(docs).toString()));
                assertThat(client.event()).isNull();
                assertThat(server.get(docs + "/changes").statusCode()).isEqualTo(404);
                server.server.close();
                assertThat(other.event()).isNull();
                assertThat(new ChangeFrames(frames.content).next()).isNull();
            }
        }
    }

    @Test
    void oneFeedTooManyIsRefusedUntilAnotherClientGoesAway() throws IOException {
        try (TestServer server = TestServer.start(directory, options().withChanges(2, 15_000))) {
            String docs = server.collection("docs");
            try (LiveClient first = new LiveClient(server, docs + "/changes")) {
                try (LiveClient second = new LiveClient(server, docs + "/changes");
                        LiveClient third = new LiveClient(server, docs + "/changes")) {
                    assertThat(List.of(first.status, second.status, third.status)).containsExactly(200, 200,
                            429);
                    assertThat(third.header("retry-after")).matches("[5-7]");
                    assertThat(third.body()).contains("Backoff").contains("server.changes_max (2");
                    assertThat(metric(server, "forebay_changes_open")).isEqualTo(2);
                }
                await().atMost(Duration.ofSeconds(90))
                        .until(() -> metric(server, "forebay_changes_open") == 1);
                try (LiveClient again = new LiveClient(server, docs + "/changes")) {
                    assertThat(again.status).isEqualTo(200);
                }
            }
            await().atMost(Duration.ofSeconds(90)).until(() -> metric(server, "forebay_changes_open") == 0);
        }
    }

    @Test
    void whatIsAskedWronglyIsAnsweredAsElsewhere() throws IOException {
        try (TestServer server = TestServer.start(directory, options())) {
            String docs = server.collection("docs");
            for (String wrong : List.of("from_seq_id=-1", "from_seq_id=x", "from_seq_id=", "from_seq_id=1e3",
                    "from_seq_id=99999999999999999999", "include=distances", "include=embeddings,nonsense")) {
                assertThat(server.get(docs + "/changes?" + wrong).statusCode()).as(wrong).isEqualTo(400);
            }
            try (LiveClient client = new LiveClient(server, docs + "/changes", "Last-Event-ID: nine")) {
                assertThat(client.status).isEqualTo(400);
            }
            try (LiveClient client = new LiveClient(server, docs + "/changes",
                    "Last-Event-ID: " + Long.MAX_VALUE)) {
                assertThat(client.status).isEqualTo(400);
            }
            assertThat(server.get(COLLECTIONS + "/not-an-id/changes").statusCode()).isEqualTo(400);
            assertThat(server.get(COLLECTIONS + "/00000000-0000-4000-8000-000000000000/changes").statusCode())
                    .isEqualTo(404);
            assertThat(server.post(docs + "/changes", "{}").statusCode()).isEqualTo(405);
            HttpResponse<String> head = server.send(HttpRequest.newBuilder(server.uri(docs + "/changes"))
                    .method("HEAD", HttpRequest.BodyPublishers.noBody()));
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.headers().firstValue("content-type")).contains("text/event-stream");
            assertThat(metric(server, "forebay_changes_open")).isZero();
            try (Wire wire = new Wire(server)) {
                wire.send("GET " + docs + "/changes HTTP/1.0\r\n\r\n");
                assertThat(wire.answer(false).header("transfer-encoding")).isNull();
            }
        }
    }
}
