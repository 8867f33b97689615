package io.forebay.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.client.FrameServer.Connection;
import io.forebay.client.FrameServer.Frame;
import io.forebay.model.Durability;
import io.forebay.model.ErrorCode;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The binary transport against a server that plays by the frame: requests, answers, credit. */
class BinaryClientTest extends FrameServerTest {
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
}
