package io.forebay.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.client.FrameServer.Connection;
import io.forebay.client.FrameServer.Frame;
import io.forebay.model.CollectionConfig;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameType;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is tried again, what follows a connection, and what sees what: over the binary transport, but above it. */
class BinaryRetryTest {
    private static final String COLLECTION = """
            {"id":"0b9c4b8e-93a1-4d4e-9f5b-0d6a3b1c2d3e","name":"peps","tenant":"t","database":"d"}""";

    private FrameServer server;
    private ForebayClient client;
    private Connection connection;
    private CollectionClient peps;

    @BeforeEach
    void start() throws Exception {
        server = new FrameServer();
        client = ForebayClient.builder(URI.create(server.url())).connections(1)
                .backoffMax(Duration.ofMillis(20)).build();
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        connection = server.greet();
        connection.json(connection.request(), 200, COLLECTION);
        peps = asked.get(120, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    private static RecordBatch batch(String id) {
        return RecordBatch.builder(Operation.ADD).record(id, new float[]{1}).build();
    }

    private static <T> T done(CompletableFuture<T> future) throws Exception {
        return future.get(120, TimeUnit.SECONDS);
    }

    @Test
    void aWriteWhoseConnectionBrokeIsSentAgainUnderItsKey() throws Exception {
        CompletableFuture<Written> written = peps.writeAsync(batch("a"));
        String key = connection.request().head().text("idempotency_key");
        connection.close();
        for (int i = 0; i < 3; i++) {
            Connection next = server.greet();
            assertThat(next.request().head().text("idempotency_key")).isEqualTo(key);
            next.close();
        }
        Connection last = server.greet();
        last.acked(last.request(), 3);
        assertThat(done(written).maxSeqId()).isEqualTo(3);
        assertThat(key).hasSize(36);
        CompletableFuture<Written> other = peps.writeAsync(batch("b"));
        Frame frame = last.request();
        assertThat(frame.head().text("idempotency_key")).isNotEqualTo(key);
        last.acked(frame, 4);
        done(other);
    }

    @Test
    void attemptsEndAfterTheirNumber() throws Exception {
        CompletableFuture<Written> written = peps.writeAsync(batch("a"));
        connection.request();
        connection.close();
        for (int i = 0; i < 5; i++) {
            Connection next = server.greet();
            next.request();
            next.close();
        }
        assertThatThrownBy(() -> Waiting.on(written)).hasMessageContaining("broke during WRITE")
                .isInstanceOfSatisfying(ForebayException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(server.isLeftAlone(30)).isTrue();
    }

    @Test
    void whatMustNotBeDoneTwiceIsNotSentTwice() throws Exception {
        List<CompletableFuture<?>> once = List.of(
                client.createCollectionAsync("n", null, CollectionConfig.DEFAULT, false),
                client.deleteCollectionAsync("n"), peps.forkAsync("m"));
        for (int i = 0; i < 3; i++) {
            connection.request();
        }
        connection.close();
        for (CompletableFuture<?> one : once) {
            assertThatThrownBy(() -> Waiting.on(one.orTimeout(120, TimeUnit.SECONDS)))
                    .hasMessageContaining("broke during CALL");
        }
        assertThat(server.isLeftAlone(50)).isTrue();
        CompletableFuture<CollectionClient> same = client.createCollectionAsync("n", null,
                CollectionConfig.DEFAULT, true);
        Connection next = server.greet();
        next.request();
        next.close();
        Connection last = server.greet();
        last.json(last.request(), 200, COLLECTION);
        assertThat(done(same).name()).isEqualTo("peps");
    }

    @Test
    void readsAreAskedAgainWhenTheConnectionBreaks() throws Exception {
        CompletableFuture<Integer> count = peps.countAsync(ReadOptions.DEFAULT);
        connection.request();
        connection.close();
        Connection next = server.greet();
        next.answer(next.request().id(), new Fields().put("count", 8));
        assertThat(done(count)).isEqualTo(8);
    }

    @Test
    void aRefusalIsTriedAgainWhatEverItRefuses() throws Exception {
        CompletableFuture<CollectionClient> created = client.createCollectionAsync("n", null,
                CollectionConfig.DEFAULT, false);
        Frame call = connection.request();
        connection.json(call, 429, "{\"error\":\"Backoff\",\"message\":\"wait\"}");
        connection.json(connection.request(), 200, COLLECTION);
        done(created);
        CompletableFuture<Written> written = peps.writeAsync(batch("a"));
        connection.send(FrameType.ERROR, 429, connection.request().id(), 0, new Fields()
                .put("error", "Backoff").put("message", "wait").put("retry_after_seconds", 1), new byte[0]);
        connection.acked(connection.request(), 2);
        assertThat(done(written).maxSeqId()).isEqualTo(2);
    }

    @Test
    void closingEndsTheWaitForAnotherAttempt() throws Exception {
        try (ForebayClient patient = ForebayClient.builder(URI.create(server.url())).build()) {
            CompletableFuture<String> version = patient.versionAsync();
            Connection other = server.greet();
            other.send(FrameType.ERROR, 429, other.request().id(), 0, new Fields().put("error", "Backoff")
                    .put("message", "wait").put("retry_after_seconds", 3600), new byte[0]);
            assertThat(other.isSilent(50)).isTrue();
            patient.close();
            assertThatThrownBy(() -> Waiting.on(version.orTimeout(120, TimeUnit.SECONDS)))
                    .hasMessage("this client is closed");
        }
    }

    @Test
    void otherErrorsAreFinal() throws Exception {
        for (int status : new int[]{400, 404, 500, 503}) {
            CompletableFuture<Written> written = peps.writeAsync(batch("a"));
            connection.error(connection.request().id(), status, "ChromaError", "no " + status);
            assertThatThrownBy(() -> Waiting.on(written.orTimeout(120, TimeUnit.SECONDS)))
                    .hasMessage("no " + status);
        }
        assertThat(connection.isSilent(20)).isTrue();
    }

    @Test
    void aSessionSeesWhatItWroteAndNothingOlderThanItRead() throws Exception {
        Session session = peps.session();
        CompletableFuture<Written> written = session.writeAsync(batch("a"), WriteSettings.DEFAULT);
        connection.acked(connection.request(), 17);
        done(written);
        assertThat(session.seqId()).isEqualTo(17);
        CompletableFuture<Integer> count = session.countAsync(ReadOptions.of(ReadLevel.INDEX_ONLY));
        Frame read = connection.request();
        assertThat(read.head().number("min_seq_id", 0)).isEqualTo(17);
        connection.answer(read.id(), new Fields().put("count", 1).put("applied_seq_id", 25));
        done(count);
        assertThat(session.seqId()).isEqualTo(25);
        session.advanceTo(20);
        CompletableFuture<Integer> other = peps.session(session.seqId()).countAsync(ReadOptions.DEFAULT);
        read = connection.request();
        assertThat(read.head().number("min_seq_id", 0)).isEqualTo(25);
        connection.answer(read.id(), new Fields().put("count", 1));
        done(other);
    }

    // ---- changes ----

    private static void event(Connection at, long feed, long seqId, String id) throws Exception {
        RecordBatch batch = batch(id);
        byte[] payload = new byte[batch.encodedBytes()];
        batch.encoded().get(payload);
        at.send(FrameType.EVENT, 0, feed, 0, new Fields().put("min_seq_id", seqId).put("max_seq_id", seqId)
                .put("time_millis", 1), payload);
    }

    @Test
    void aFeedGoesOnBehindABrokenConnectionAndEndsWithTheCollection() throws Exception {
        try (Changes changes = peps.changes(5)) {
            CompletableFuture<List<String>> all = CompletableFuture.supplyAsync(() -> {
                List<String> seen = new ArrayList<>();
                changes.forEachRemaining(change -> seen.add(change.minSeqId() + change.batch().id(0)));
                return seen;
            });
            Frame feed = connection.request();
            assertThat(feed.type()).isEqualTo(FrameType.CHANGES);
            assertThat(feed.header().credit()).isPositive();
            assertThat(feed.head().number("from_seq_id", 0)).isEqualTo(5);
            event(connection, feed.id(), 5, "a");
            event(connection, feed.id(), 9, "b");
            connection.close();
            Connection next = server.greet();
            feed = next.request();
            assertThat(feed.head().number("from_seq_id", 0)).isEqualTo(10);
            event(next, feed.id(), 12, "c");
            next.send(FrameType.END, 404, feed.id(), 0, new Fields().put("message", "dropped"), new byte[0]);
            assertThat(done(all)).containsExactly("5a", "9b", "12c");
        }
    }

    @Test
    void aPurgedFeedSaysFromWhereThereIsMore() throws Exception {
        try (Changes changes = peps.changes(5)) {
            CompletableFuture<Boolean> more = CompletableFuture.supplyAsync(changes::hasNext);
            Frame feed = connection.request();
            connection.send(FrameType.ERROR, 410, feed.id(), 0, new Fields().put("error", "ChromaError")
                    .put("message", "gone").put("oldest_seq_id", 90), new byte[0]);
            assertThatThrownBy(() -> done(more)).cause()
                    .isInstanceOfSatisfying(ChangesPurgedException.class,
                            e -> assertThat(e.oldestSeqId()).isEqualTo(90));
        }
    }

    @Test
    void aFeedThatIsClosedEndsAndIsCancelled() throws Exception {
        Changes changes = peps.changes(5);
        CompletableFuture<Boolean> more = CompletableFuture.supplyAsync(changes::hasNext);
        Frame feed = connection.request();
        changes.close();
        assertThat(done(more)).isFalse();
        Frame cancel = connection.request();
        assertThat(cancel.type()).isEqualTo(FrameType.CANCEL);
        assertThat(cancel.id()).isEqualTo(feed.id());
        connection.send(FrameType.END, 200, feed.id(), 0, new Fields(), new byte[0]);
        CompletableFuture<Integer> count = peps.countAsync(ReadOptions.DEFAULT);
        connection.answer(connection.request().id(), new Fields().put("count", 8));
        assertThat(done(count)).isEqualTo(8);
    }

    // ---- many collections at once ----

    @Test
    void oneCollectionThatFailsStopsNoOther() throws Exception {
        CompletableFuture<CollectionClient> asked = client.collectionAsync("rfcs");
        connection.json(connection.request(), 200,
                COLLECTION.replace("0b9c", "1b9c").replace("peps", "rfcs"));
        CollectionClient rfcs = done(asked);
        Map<CollectionClient, List<RecordBatch>> uploads = new LinkedHashMap<>();
        uploads.put(peps, List.of(batch("p0"), batch("p1"), batch("p2")));
        uploads.put(rfcs, List.of(batch("r0"), batch("r1"), batch("r2")));
        List<UploadProgress> told = new ArrayList<>();

        CompletableFuture<Map<CollectionClient, UploadResult>> upload = client.addParallelAsync(uploads,
                ParallelSettings.DEFAULT.telling(told::add));
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Frame write = connection.request();
            String id = RecordBatch.wrap(ByteBuffer.wrap(write.payload())).id(0);
            order.add(id);
            if (id.equals("p1")) {
                connection.error(write.id(), 400, "InvalidArgumentError", "not this one");
            } else {
                connection.acked(write, 10 + i);
            }
        }

        Map<CollectionClient, UploadResult> results = done(upload);
        assertThat(order).containsSubsequence("p0", "p1").containsSubsequence("r0", "r1", "r2").hasSize(5);
        assertThat(results.keySet()).containsExactly(peps, rfcs);
        assertThat(results.get(peps).records()).isEqualTo(1);
        assertThat(results.get(peps).failure()).hasMessage("not this one");
        assertThat(results.get(rfcs).isComplete()).isTrue();
        assertThat(results.get(rfcs).acks()).hasSize(3);
        assertThat(told).hasSize(6);
        assertThat(told.get(told.size() - 1).recordsOfAll()).isEqualTo(4);
        assertThat(told).filteredOn(UploadProgress::isOver).hasSize(2);
        assertThat(done(client.addParallelAsync(Map.of(), ParallelSettings.DEFAULT))).isEmpty();
    }
}
