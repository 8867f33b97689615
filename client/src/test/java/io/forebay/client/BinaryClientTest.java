package io.forebay.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.client.FrameServer.Connection;
import io.forebay.client.FrameServer.Frame;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Durability;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameType;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The binary transport against a server that plays by the frame. */
class BinaryClientTest {
    private static final UUID ID = UUID.fromString("0b9c4b8e-93a1-4d4e-9f5b-0d6a3b1c2d3e");
    private static final String COLLECTION = """
            {"id":"%s","name":"peps","configuration_json":{"hnsw":{"space":"l2"}},"metadata":null,
             "dimension":null,"tenant":"t","database":"d"}""".formatted(ID);

    private FrameServer server;
    private ForebayClient client;

    @BeforeEach
    void start() throws Exception {
        server = new FrameServer();
        use(builder());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    private ForebayClient.Builder builder() {
        return ForebayClient.builder(URI.create(server.url())).connections(1)
                .backoffMax(Duration.ofMillis(20)).requestTimeout(Duration.ofSeconds(20));
    }

    private void use(ForebayClient.Builder settings) {
        if (client != null) {
            client.close();
        }
        client = settings.build();
    }

    private CollectionClient peps(Connection connection, CompletableFuture<CollectionClient> asked)
            throws Exception {
        connection.json(connection.request(), 200, COLLECTION);
        return asked.get(20, TimeUnit.SECONDS);
    }

    private static RecordBatch batch(String id, float... embedding) {
        return RecordBatch.builder(Operation.ADD).record(id, embedding).build();
    }

    private static <T> T done(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static ThrowingCallable joined(CompletableFuture<?> future) {
        return () -> Waiting.on(future.orTimeout(20, TimeUnit.SECONDS));
    }

    private static void isCode(Throwable failure, ErrorCode code) {
        assertThat(failure).isInstanceOfSatisfying(ForebayException.class,
                e -> assertThat(e.code()).isEqualTo(code));
    }

    // ---- hello, requests ----

    @Test
    void theHelloNamesTheClientAndItsToken() throws Exception {
        use(builder().token("fb_a_b"));
        CompletableFuture<String> version = client.versionAsync();
        Connection connection = server.greet();

        assertThat(connection.hello.text("token")).isEqualTo("fb_a_b");
        assertThat(connection.hello.text("client")).startsWith("forebay-java/");
        assertThat(connection.hello.number("version_max", 0)).isEqualTo(1);
        Frame call = connection.request();
        assertThat(call.type()).isEqualTo(FrameType.CALL);
        assertThat(call.head().text("method")).isEqualTo("GET");
        assertThat(call.head().text("path")).isEqualTo("/api/v2/version");
        connection.json(call, 200, "\"1.0.0\"");
        assertThat(done(version)).isEqualTo("1.0.0");
    }

    @Test
    void aBatchIsSentAsItIs() throws Exception {
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        // Longer than any array on its way.
        RecordBatch batch = batch("a", new float[100_000]);

        CompletableFuture<Written> written = peps.writeAsync(batch,
                WriteSettings.DEFAULT.withDurability(Durability.OS).withIdempotencyKey("k"));
        Frame write = connection.request();

        assertThat(write.type()).isEqualTo(FrameType.WRITE);
        assertThat(write.header().collection()).isEqualTo(ID);
        assertThat(ByteBuffer.wrap(write.payload())).isEqualTo(batch.encoded());
        assertThat(write.head().text("idempotency_key")).isEqualTo("k");
        assertThat(write.head().text("durability")).isEqualTo("os");
        connection.answer(write.id(), new Fields().put("min_seq_id", 7).put("max_seq_id", 7).put("records", 1)
                .put("replayed", true));
        assertThat(done(written)).isEqualTo(new Written(7, 1, true));
    }

    @Test
    void answersMayComeInAnyOrder() throws Exception {
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        List<CompletableFuture<Integer>> counts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            counts.add(peps.countAsync(ReadOptions.DEFAULT.withMinSeqId(100 + i)));
        }
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            frames.add(0, connection.request());
        }
        for (Frame frame : frames) {
            connection.answer(frame.id(), new Fields().put("count", frame.head().number("min_seq_id", 0)));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(done(counts.get(i))).isEqualTo(100 + i);
        }
    }

    @Test
    void hitsAreDecodedFromColumns() throws Exception {
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        List<Long> told = new ArrayList<>();
        CompletableFuture<List<List<Hit>>> query = peps.queryAsync(
                new QueryRequest(List.of(new float[]{1, 2}, new float[]{3, 4}), 2, List.of("x"), null,
                        QueryRequest.nearest(new float[]{1}, 1).include(), 50),
                Filter.where("{\"a\":1}"), ReadOptions.of(ReadLevel.INDEX_ONLY).withTimeoutMillis(9)
                        .tellingPosition(position -> told.add(position.appliedSeqId())));
        Frame frame = connection.request();
        assertThat(frame.head().number("embeddings", 1)).isEqualTo(2);
        assertThat(frame.head().texts("ids")).containsExactly("x");
        assertThat(frame.head().text("where")).isEqualTo("{\"a\":1}");
        assertThat(frame.head().texts("include")).containsExactlyInAnyOrder("documents", "metadatas");
        assertThat(frame.head().text("read_level")).isEqualTo("index_only");
        assertThat(frame.head().number("ef_search", 0)).isEqualTo(50);
        float[] sent = new float[4];
        ByteBuffer.wrap(frame.payload()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(sent);
        assertThat(sent).containsExactly(1, 2, 3, 4);
        RecordBatch records = RecordBatch.builder(Operation.UPDATE)
                .record("p", null, "doc", Map.of("k", MetadataValue.of(5)), null)
                .record("q", null, null, null, "u").record("r", null, null, null, null).build();
        ByteBuffer payload = ByteBuffer.allocate(16 + records.encodedBytes()).order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(0.5f).putFloat(1.5f).putFloat(2.5f).putFloat(0).put(records.encoded());
        connection.send(FrameType.ANSWER, 200, frame.id(), 0,
                new Fields().put("applied_seq_id", 33).put("linked_seq_id", 22).putNumbers("counts",
                        List.of(2L, 1L)),
                payload.array());

        List<List<Hit>> hits = done(query);

        assertThat(hits).hasSize(2);
        assertThat(hits.get(0)).containsExactly(
                new Hit(new StoredRecord("p", null, Map.of("k", MetadataValue.of(5)), "doc", null), 0.5f),
                new Hit(new StoredRecord("q", null, null, null, "u"), 1.5f));
        assertThat(hits.get(1)).containsExactly(new Hit(new StoredRecord("r", null, null, null, null), 2.5f));
        assertThat(told).containsExactly(33L);
    }

    @Test
    void whatAFrameCannotSayGoesAsACall() throws Exception {
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        CompletableFuture<?> query = peps.queryAsync(new QueryRequest(List.of(new float[]{1, 2},
                new float[]{3}), 2, null, null, Set.of(), 0), Filter.NONE, ReadOptions.DEFAULT);
        Frame call = connection.request();
        assertThat(call.type()).isEqualTo(FrameType.CALL);
        assertThat(new String(call.payload(), StandardCharsets.UTF_8)).contains("[[1.0,2.0],[3.0]]");
        connection.json(call, 400, "{\"error\":\"InvalidArgumentError\",\"message\":\"unequal\"}");
        assertThatThrownBy(joined(query)).hasMessage("unequal");
    }

    // ---- credit ----

    @Test
    void nothingIsBegunWithoutCreditAndAllGoesOnWithIt() throws Exception {
        server.windowBytes = 4000;
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        long credit = 4000 - 300; // the hello and the call, which were given back nothing, were less
        List<CompletableFuture<Written>> writes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            writes.add(peps.writeAsync(batch("r" + i, new float[300])));
        }
        int given = 0;
        long begunWith = Long.MAX_VALUE;
        List<Frame> open = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            if (credit <= 0) {
                assertThat(connection.isSilent(20)).as("after %s", i).isTrue();
                connection.acked(open.remove(0), i);
                connection.credit(1500);
                credit += 1500;
                given++;
            }
            Frame frame = connection.request();
            begunWith = Math.min(begunWith, credit);
            credit -= frame.header().frameBytes();
            open.add(frame);
        }
        for (Frame frame : open) {
            connection.acked(frame, 1);
        }
        for (CompletableFuture<Written> write : writes) {
            done(write);
        }
        assertThat(begunWith).isPositive();
        assertThat(given).isGreaterThan(5);
    }

    @Test
    void noMoreRequestsAreOpenThanTheServerTakes() throws Exception {
        server.requestsMax = 2;
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        List<CompletableFuture<Integer>> counts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            counts.add(peps.countAsync(ReadOptions.DEFAULT));
        }
        List<Frame> open = new ArrayList<>(List.of(connection.request(), connection.request()));
        for (int i = 2; i < 6; i++) {
            assertThat(connection.isSilent(20)).isTrue();
            connection.answer(open.remove(0).id(), new Fields().put("count", 1));
            open.add(connection.request());
        }
        for (Frame frame : open) {
            connection.answer(frame.id(), new Fields().put("count", 1));
        }
        for (CompletableFuture<Integer> count : counts) {
            assertThat(done(count)).isEqualTo(1);
        }
    }

    @Test
    void whoSendsMoreThanMayWaitIsHeldUp() throws Exception {
        use(builder().queueBytesMax(3000));
        server.windowBytes = 400;
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        for (int i = 0; i < 3; i++) {
            peps.writeAsync(batch("r" + i, new float[300]));
        }
        CompletableFuture<CompletableFuture<Written>> held = CompletableFuture
                .supplyAsync(() -> peps.writeAsync(batch("z", new float[300])));
        // The first went, two wait, and there is no room for the last one.
        connection.acked(connection.request(), 1);
        assertThat(connection.isSilent(50)).isTrue();
        assertThat(held).isNotDone();
        connection.credit(10_000);
        connection.acked(connection.request(), 2);
        connection.acked(connection.request(), 3);
        Frame last = connection.request();
        connection.acked(last, 9);
        assertThat(RecordBatch.wrap(ByteBuffer.wrap(last.payload())).id(0)).isEqualTo("z");
        assertThat(done(done(held)).maxSeqId()).isEqualTo(9);
    }

    @Test
    void whoIsHeldUpTooLongIsToldWhy() throws Exception {
        use(builder().queueBytesMax(100).requestTimeout(Duration.ofMillis(500)).retries(0));
        server.windowBytes = 400;
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        for (int i = 0; i < 3; i++) {
            peps.flushAsync(FlushPosition.LINKED); // waits for as long as it takes
        }
        assertThatThrownBy(client::version).satisfies(e -> isCode(e, ErrorCode.BACKOFF))
                .hasMessageContaining("queueBytesMax is 100");
    }

    @Test
    void aFrameThatIsTooLongIsNotSent() throws Exception {
        server.frameBytesMax = 1000;
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        assertThatThrownBy(() -> peps.write(batch("a", new float[1000])))
                .satisfies(e -> isCode(e, ErrorCode.PAYLOAD_TOO_LARGE))
                .hasMessageContaining("frame_bytes_max");
        assertThat(connection.isSilent(20)).isTrue();
    }

    // ---- life and death ----

    @Test
    void aPingIsAnswered() throws Exception {
        CompletableFuture<String> version = client.versionAsync();
        Connection connection = server.greet();
        Frame call = connection.request();
        connection.send(FrameType.PING, 0, 5, 0, new Fields(), new byte[0]);
        Frame pong = connection.next();
        assertThat(pong.type()).isEqualTo(FrameType.PONG);
        assertThat(pong.id()).isEqualTo(5);
        connection.json(call, 200, "\"1\"");
        done(version);
    }

    @Test
    void aServerThatSaysNothingIsAskedAndGivenUp() throws Exception {
        use(builder().retries(0));
        server.heartbeatMillis = 60;
        CompletableFuture<String> version = client.versionAsync();
        Connection connection = server.greet();
        connection.request();
        assertThat(connection.next().type()).isEqualTo(FrameType.PING);
        connection.send(FrameType.PONG, 0, 0, 0, new Fields(), new byte[0]);
        assertThat(connection.next().type()).isEqualTo(FrameType.PING);
        assertThatThrownBy(joined(version)).satisfies(e -> isCode(e, ErrorCode.UNAVAILABLE))
                .hasMessageContaining("it said nothing for");
    }

    @Test
    void aRequestThatTakesTooLongFailsAndItsAnswerIsDropped() throws Exception {
        use(builder().requestTimeout(Duration.ofMillis(150)));
        CompletableFuture<String> version = client.versionAsync();
        Connection connection = server.greet();
        Frame call = connection.request();
        assertThatThrownBy(joined(version)).satisfies(e -> isCode(e, ErrorCode.DEADLINE_EXCEEDED))
                .hasMessageContaining("no answer from forebay://127.0.0.1").hasMessageContaining("150 ms");
        connection.json(call, 200, "\"late\"");
        CompletableFuture<String> next = client.versionAsync();
        connection.json(connection.request(), 200, "\"2\"");
        assertThat(done(next)).isEqualTo("2");
    }

    @Test
    void aFrameThatIsCutIsALostConnection() throws Exception {
        use(builder().retries(0));
        CompletableFuture<String> version = client.versionAsync();
        Connection connection = server.greet();
        byte[] answer = FrameServer.frame(FrameType.ANSWER, 200, connection.request().id(), 0, new Fields(),
                "\"1\"".getBytes(StandardCharsets.UTF_8));
        connection.raw(Arrays.copyOf(answer, answer.length - 1));
        connection.close();
        assertThatThrownBy(joined(version)).satisfies(e -> isCode(e, ErrorCode.UNAVAILABLE))
                .hasMessageContaining("broke during CALL");
    }

    @Test
    void whatIsNoFrameIsToldAsSuch() throws Exception {
        for (String nonsense : List.of("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n\r\n",
                "x".repeat(100))) {
            CompletableFuture<String> version = client.versionAsync();
            Connection connection = server.accept();
            connection.readHello();
            connection.raw(nonsense.getBytes(StandardCharsets.UTF_8));
            connection.close();
            assertThatThrownBy(joined(version)).satisfies(e -> isCode(e, ErrorCode.INTERNAL))
                    .hasMessageContaining("does not speak the binary protocol")
                    .hasMessageContaining("it began with '" + nonsense.substring(0, 12));
        }
        for (FrameType type : List.of(FrameType.HELLO, FrameType.ANSWER, FrameType.EVENT)) {
            CompletableFuture<String> version = client.versionAsync();
            Connection connection = server.greet();
            connection.request();
            connection.send(type, 200, 99, 0, new Fields(), new byte[0]);
            assertThatThrownBy(joined(version)).satisfies(e -> isCode(e, ErrorCode.INTERNAL))
                    .hasMessageContaining(type.toString());
        }
    }

    @Test
    void aRefusedHelloIsNotTriedAgain() throws Exception {
        for (int status : new int[]{426, 401}) {
            CompletableFuture<String> version = client.versionAsync();
            Connection connection = server.accept();
            connection.readHello();
            connection.error(0, status, "ChromaError", "no " + status);
            assertThatThrownBy(joined(version)).hasMessage("no " + status)
                    .satisfies(e -> isCode(e, status == 401
                            ? ErrorCode.UNAUTHENTICATED
                            : ErrorCode.INVALID_ARGUMENT));
        }
        assertThat(server.isLeftAlone(30)).isTrue();
    }

    @Test
    void aFullServerIsTriedAgain() throws Exception {
        CompletableFuture<String> version = client.versionAsync();
        Connection full = server.accept();
        full.readHello();
        full.error(0, 503, "ChromaError", "too many connections");
        full.close();
        Connection connection = server.greet();
        connection.json(connection.request(), 200, "\"1\"");
        assertThat(done(version)).isEqualTo("1");
    }

    @Test
    void goawayMovesWhatIsNotDoneToAnotherConnection() throws Exception {
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        CompletableFuture<CollectionClient> refused = client.createCollectionAsync("n", null,
                CollectionConfig.DEFAULT, false);
        CompletableFuture<Written> before = peps.writeAsync(batch("a", 1));
        Frame create = connection.request();
        Frame write = connection.request();
        connection.send(FrameType.GOAWAY, 0, 0, 0, new Fields().put("message", "bye"), new byte[0]);
        connection.error(create.id(), 503, "ChromaError", "the server is stopping");
        connection.acked(write, 4);
        assertThat(done(before).maxSeqId()).isEqualTo(4);

        Connection next = server.greet();
        Frame again = next.request();
        assertThat(again.head().text("path")).endsWith("/collections");
        next.json(again, 200, COLLECTION);
        assertThat(done(refused).id()).isEqualTo(ID);
        assertThat(connection.isSilent(20)).isTrue();
    }

    @Test
    void closingFailsWhatIsUnderWay() throws Exception {
        CompletableFuture<String> version = client.versionAsync();
        Connection connection = server.greet();
        connection.request();
        client.close();
        assertThatThrownBy(joined(version)).hasMessage("this client is closed")
                .satisfies(e -> isCode(e, ErrorCode.UNAVAILABLE));
        assertThat(connection.isClosedByClient()).isTrue();
        assertThatThrownBy(client::version).hasMessage("this client is closed");
    }

    @Test
    void noServerIsAClearError() throws Exception {
        use(builder().retries(1));
        String url = server.url();
        server.close();
        assertThatThrownBy(() -> client.version()).satisfies(e -> isCode(e, ErrorCode.UNAVAILABLE))
                .hasMessageContaining("cannot connect to " + url)
                .hasMessageContaining("is the server running?");
    }

    @Test
    void connectionsAreOpenedAsTheyAreNeededAndUpToTheirNumber() throws Exception {
        use(builder().connections(2));
        List<CompletableFuture<String>> all = new ArrayList<>();
        all.add(client.versionAsync());
        Connection first = server.greet();
        Frame one = first.request();
        all.add(client.versionAsync());
        Connection second = server.greet();
        Frame two = second.request();
        all.add(client.versionAsync());
        assertThat(server.isLeftAlone(30)).isTrue();
        second.json(two, 200, "\"2\"");
        assertThat(done(all.get(1))).isEqualTo("2");
        all.add(client.versionAsync());
        second.json(second.request(), 200, "\"4\"");
        assertThat(done(all.get(3))).isEqualTo("4");
        first.json(one, 200, "\"1\"");
        first.json(first.request(), 200, "\"3\"");
        assertThat(done(all.get(0)) + done(all.get(2))).isEqualTo("13");
    }

    @Test
    void whoHangsOnToAnAnswerMayCallAgainAndWait() throws Exception {
        CompletableFuture<String> chained = client.versionAsync()
                .thenApply(first -> first + client.version());
        Connection connection = server.greet();
        connection.json(connection.request(), 200, "\"a\"");
        connection.json(connection.request(), 200, "\"b\"");
        assertThat(done(chained)).isEqualTo("ab");
        await().until(chained::isDone);
    }

    @Test
    void recordsOfAGetAreMadeOnceEach() throws Exception {
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        CompletableFuture<List<StoredRecord>> get = peps.getAsync(GetRequest.first(5), Filter.NONE,
                ReadOptions.DEFAULT);
        Frame frame = connection.request();
        assertThat(frame.head().number("limit", 0)).isEqualTo(5);
        RecordBatch records = RecordBatch.builder(Operation.UPDATE).record("a", new float[]{1, -2.5f})
                .build();
        byte[] payload = new byte[records.encodedBytes()];
        records.encoded().get(payload);
        connection.send(FrameType.ANSWER, 200, frame.id(), 0, new Fields(), payload);
        List<StoredRecord> found = done(get);
        assertThat(found.get(0).embedding()).containsExactly(1f, -2.5f);
        assertThat(found.get(0)).isSameAs(found.get(0));
        assertThatThrownBy(() -> found.get(1)).isInstanceOf(IndexOutOfBoundsException.class);
        CompletableFuture<List<StoredRecord>> broken = peps.getAsync(GetRequest.first(5), Filter.NONE,
                ReadOptions.DEFAULT);
        connection.send(FrameType.ANSWER, 200, connection.request().id(), 0, new Fields(),
                new byte[]{1, 2, 3});
        assertThatThrownBy(joined(broken)).hasMessageContaining("the answer to GET is not as");
    }
}
