package io.forebay.server.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.WriteOptions;
import io.forebay.model.GetRequest;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import io.forebay.server.http.LeakWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The binary port as docs/binary-protocol.md promises it, spoken to with nothing but frames. */
class BinaryPortTest {
    private static final int DIMENSION = 16;

    @TempDir
    Path directory;

    private final long seed = Long.getLong("forebay.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private BinaryTestServer server;

    @BeforeEach
    void start() {
        System.err.println("seed=" + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        server = BinaryTestServer.start(directory);
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private RecordBatch batch(Operation operation, String prefix, int count, int dimension) {
        RecordBatchBuilder builder = RecordBatch.builder(operation);
        for (int i = 0; i < count; i++) {
            float[] embedding = new float[dimension];
            for (int d = 0; d < dimension; d++) {
                embedding[d] = (float) random.nextGaussian();
            }
            builder.record(prefix + i, embedding, "document " + i, null, null);
        }
        return builder.build();
    }

    private int count(UUID collection) {
        return server.engine.count(collection, ReadOptions.DEFAULT).join();
    }

    @Test
    void writesOfAnySizeArriveAsTheyWereSentHoweverTheBytesCome() throws IOException {
        UUID docs = server.collection("docs");
        try (FrameSocket client = FrameSocket.to(server)) {
            List<RecordBatch> sent = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                // From some hundred bytes to a megabyte: within one read, over several, right into their own buffer.
                sent.add(batch(Operation.ADD, "b" + i + "-", 1 + random.nextInt(i % 4 == 0 ? 700 : 20), 384));
                byte[] frame = FrameSocket.frame(FrameType.WRITE, i + 1, docs, new Fields(),
                        FrameSocket.bytes(sent.get(i)), 0);
                for (int at = 0; at < frame.length;) {
                    int step = Math.min(frame.length - at, 1 + random.nextInt(i % 3 == 0 ? 60 : 300_000));
                    client.out.write(frame, at, step);
                    at += step;
                    if (i % 3 == 0 && at > 200) {
                        client.out.write(frame, at, frame.length - at);
                        break;
                    }
                }
                FrameSocket.Frame answer = client.next();
                assertThat(answer.type()).isEqualTo(FrameType.ANSWER);
                assertThat(answer.head().number("records", 0)).isEqualTo(sent.get(i).size());
            }
            for (RecordBatch batch : sent) {
                for (int record = 0; record < batch.size(); record += 1 + batch.size() / 5) {
                    StoredRecord found = server.engine
                            .get(docs, GetRequest.ofIds(batch.id(record)), ReadOptions.DEFAULT).join()
                            .getFirst();
                    float[] embedding = new float[384];
                    batch.copyEmbedding(record, embedding);
                    assertThat(found.embedding()).containsExactly(embedding);
                    assertThat(found.document()).isEqualTo(batch.document(record));
                }
            }
        }
    }

    @Test
    void requestsArePipelinedAndEachIsAnsweredOnce() throws IOException {
        UUID docs = server.collection("docs");
        try (FrameSocket client = FrameSocket.to(server)) {
            int requests = 300;
            for (int i = 1; i <= requests; i++) {
                switch (i % 3) {
                    case 0 -> client.write(i, docs, batch(Operation.UPSERT, "r" + i + "-", 5, DIMENSION));
                    case 1 -> client.send(FrameType.COUNT, i, docs, new Fields(), new byte[0]);
                    default -> client.send(FrameType.CALL, i, FrameHeader.NONE,
                            new Fields().put("method", "GET").put("path", "/api/v2/heartbeat"), new byte[0]);
                }
            }
            TreeSet<Long> answered = new TreeSet<>();
            for (int i = 0; i < requests; i++) {
                FrameSocket.Frame answer = client.next();
                assertThat(answer.type()).isEqualTo(FrameType.ANSWER);
                assertThat(answered.add(answer.id())).isTrue();
            }
            assertThat(answered.first()).isEqualTo(1);
            assertThat(answered.last()).isEqualTo(requests);
            assertThat(count(docs)).isEqualTo(5 * (requests / 3));
        }
    }

    @Test
    void whatIsNoFrameOrComesAtTheWrongTimeIsToldAndTheConnectionClosed() throws IOException {
        UUID docs = server.collection("docs");
        byte[] none = {};
        refused("is none that a client sends",
                FrameSocket.frame(FrameType.ANSWER, 1, docs, new Fields(), none, 0));
        refused("HELLO came twice", FrameSocket.frame(FrameType.HELLO, 0, docs, new Fields(), none, 0));
        refused("request id 0", FrameSocket.frame(FrameType.COUNT, 0, docs, new Fields(), none, 0));
        byte[] unknown = FrameSocket.frame(FrameType.COUNT, 1, docs, new Fields(), none, 0);
        unknown[4] = 99;
        refused("a frame of type 99", unknown);
        byte[] twice = FrameSocket.frame(FrameType.FLUSH, 7, docs, new Fields(), none, 0);
        byte[] long1 = FrameSocket.frame(FrameType.COUNT, 1, docs, new Fields(), none, 0);
        ByteBuffer.wrap(long1).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 1 << 30);
        refused("longer than server.max_body_bytes", long1);
        byte[] head = twice.clone();
        ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putInt(36, 1 << 20);
        refused("malformed frame", head);
        byte[] short1 = twice.clone();
        ByteBuffer.wrap(short1).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 3);
        refused("malformed frame", short1);
        assertThat(count(docs)).isZero();
    }

    private void refused(String message, byte[] frame) throws IOException {
        try (FrameSocket client = FrameSocket.to(server)) {
            client.out.write(frame);
            FrameSocket.Frame error = client.next();
            assertThat(error.type()).isEqualTo(FrameType.ERROR);
            assertThat(error.id()).isZero();
            assertThat(error.message()).contains(message);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void whoDoesNotBeginWithAHelloIsToldWhatIsWrong() throws IOException {
        try (FrameSocket client = new FrameSocket(new Socket("127.0.0.1", server.binary.port()))) {
            client.out.write(FrameHeader.PREFACE);
            client.send(FrameType.COUNT, 1, FrameHeader.NONE, new Fields(), new byte[0]);
            assertThat(client.next().message()).contains("the first frame must be HELLO");
        }
        try (FrameSocket client = new FrameSocket(new Socket("127.0.0.1", server.binary.port()))) {
            client.out.write("FBBP\2\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(client.next().message()).contains("preface").contains("version 1");
        }
        try (FrameSocket client = new FrameSocket(new Socket("127.0.0.1", server.binary.port()))) {
            client.out.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(new String(client.in.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .startsWith("HTTP/1.1 400").contains("binary port");
        }
        try (FrameSocket client = new FrameSocket(new Socket("127.0.0.1", server.binary.port()))) {
            client.out.write(FrameHeader.PREFACE);
            client.send(FrameType.HELLO, 0, FrameHeader.NONE,
                    new Fields().put("version_min", 2).put("version_max", 9), new byte[0]);
            FrameSocket.Frame error = client.next();
            assertThat(error.status()).isEqualTo(426);
            assertThat(error.message()).contains("version 1");
        }
    }

    @Test
    void aHelloThatCannotBeReadIsAnsweredAndOneThatIsFarTooLongIsNotRead() throws IOException {
        try (FrameSocket client = new FrameSocket(new Socket("127.0.0.1", server.binary.port()))) {
            client.hello(new Fields().put("token", 5));
            assertThat(client.helloOk.type()).isEqualTo(FrameType.ERROR);
            assertThat(client.helloOk.message()).contains("field token");
            assertThat(client.isClosedByServer()).isTrue();
        }
        try (FrameSocket client = new FrameSocket(new Socket("127.0.0.1", server.binary.port()))) {
            client.out.write(FrameHeader.PREFACE);
            byte[] hello = FrameSocket.frame(FrameType.HELLO, 0, FrameHeader.NONE, new Fields(),
                    new byte[100], 0);
            ByteBuffer.wrap(hello).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 39 << 20);
            client.out.write(hello);
            FrameSocket.Frame error = client.next();
            assertThat(error.status()).isEqualTo(413);
        }
    }

    @Test
    void whoTakesThePortOfHttpForThisOneIsToldAtOnce() throws IOException {
        try (FrameSocket client = new FrameSocket(new Socket("127.0.0.1", server.http.port()))) {
            client.hello(new Fields());
            assertThat(client.helloOk.type()).isEqualTo(FrameType.ERROR);
            assertThat(client.helloOk.message()).contains("the port of HTTP");
        }
    }

    @Test
    void manyReadsAtOnceWaitForTheirTurnAndAreAllAnswered() throws IOException {
        UUID docs = server.collection("docs");
        server.engine.write(docs, batch(Operation.ADD, "r", 2_000, DIMENSION), WriteOptions.DEFAULT).join();
        try (FrameSocket client = FrameSocket.to(server)) {
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 1; i <= 500; i++) {
                        client.send(i % 5 == 0 ? FrameType.COUNT : FrameType.GET, i, docs, new Fields(),
                                new byte[0]);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            sender.start();
            TreeSet<Long> answered = new TreeSet<>();
            for (int i = 0; i < 500; i++) {
                FrameSocket.Frame answer = client.next();
                assertThat(answer.type()).isEqualTo(FrameType.ANSWER);
                assertThat(answer.head().number("count", 0)).isEqualTo(2_000);
                assertThat(answered.add(answer.id())).isTrue();
            }
        }
    }

    @Test
    void errorsOfOneRequestLeaveTheConnectionAsItIs() throws IOException {
        UUID docs = server.collection("docs");
        UUID nowhere = UUID.randomUUID();
        byte[] none = {};
        try (FrameSocket client = FrameSocket.to(server)) {
            error(client.ask(FrameType.COUNT, 1, nowhere, new Fields(), none), 404, "NotFoundError",
                    "Collection [" + nowhere + "] does not exist.");
            error(client.ask(FrameType.WRITE, 2, docs, new Fields(), new byte[40]), 400,
                    "InvalidArgumentError",
                    "malformed batch");
            error(client.ask(FrameType.GET, 3, docs, new Fields().put("limit", "x"), none), 400,
                    "InvalidArgumentError", "field limit");
            error(client.ask(FrameType.GET, 4, docs, new Fields().put("where", "{\"a\":{\"$what\":1}}"),
                    none), 400,
                    "InvalidArgumentError", "");
            error(client.ask(FrameType.GET, 5, docs, new Fields().put("where", "{\"a\""), none), 400,
                    "InvalidArgumentError", "");
            error(client.ask(FrameType.QUERY, 6, docs, new Fields(), new byte[6]), 400,
                    "InvalidArgumentError",
                    "float32");
            error(client.ask(FrameType.DELETE, 7, docs, new Fields(), none), 400, "InvalidArgumentError",
                    "Either ids or where");
            error(client.ask(FrameType.COUNT, 8, docs,
                    new Fields().put("min_seq_id", server.engine.lastSeqId() + 1000).put("timeout_millis", 1),
                    none),
                    400, "InvalidArgumentError", "");
            client.write(9, docs, batch(Operation.ADD, "a", 3, DIMENSION));
            assertThat(client.next().type()).isEqualTo(FrameType.ANSWER);
            error(client.ask(FrameType.WRITE, 10, docs, new Fields(),
                    FrameSocket.bytes(batch(Operation.ADD, "b", 3, DIMENSION + 1))), 400,
                    "InvalidArgumentError",
                    "Collection expecting embedding with dimension of 16, got 17");
            FrameSocket.Frame call = client.ask(FrameType.CALL, 11, FrameHeader.NONE, new Fields()
                    .put("method", "GET").put("path", "/api/v2/tenants/nobody"), none);
            assertThat(call.type()).isEqualTo(FrameType.ANSWER);
            assertThat(call.status()).isEqualTo(404);
            call = client.ask(FrameType.CALL, 12, FrameHeader.NONE, new Fields().put("method", "GET")
                    .put("path", "/api/forebay/lag/stream"), none);
            assertThat(call.status()).isEqualTo(400);
            assertThat(StandardCharsets.UTF_8.decode(call.payload()).toString()).contains("has no end");
            assertThat(client.ask(FrameType.COUNT, 13, docs, new Fields(), none).head().number("count", 0))
                    .isEqualTo(3);
        }
    }

    private static void error(FrameSocket.Frame frame, int status, String name, String message) {
        assertThat(frame.type()).isEqualTo(FrameType.ERROR);
        assertThat(frame.id()).isPositive();
        assertThat(frame.message()).contains(message);
        assertThat(frame.status()).isEqualTo(status);
        assertThat(frame.head().text("error")).isEqualTo(name);
    }

    @Test
    void queriesAnswerWithDistancesAndTheRecordsThatWereAskedFor() throws IOException {
        UUID docs = server.collection("docs");
        RecordBatch batch = batch(Operation.ADD, "r", 50, DIMENSION);
        server.engine.write(docs, batch, WriteOptions.DEFAULT).join();
        try (FrameSocket client = FrameSocket.to(server)) {
            ByteBuffer vectors = ByteBuffer.allocate(2 * 4 * DIMENSION).order(ByteOrder.LITTLE_ENDIAN);
            vectors.put(batch.embeddings().slice(7 * 4 * DIMENSION, 4 * DIMENSION))
                    .put(batch.embeddings().slice(9 * 4 * DIMENSION, 4 * DIMENSION));
            FrameSocket.Frame answer = client.ask(FrameType.QUERY, 1, docs, new Fields().put("embeddings", 2)
                    .put("n_results", 3).put("include", List.of("embeddings")), vectors.array());
            assertThat(answer.head().numbers("counts")).containsExactly(3L, 3L);
            assertThat(answer.head().number("applied_seq_id", 0)).isPositive();
            ByteBuffer payload = answer.payload().order(ByteOrder.LITTLE_ENDIAN);
            assertThat(payload.getFloat(0)).isZero();
            assertThat(payload.getFloat(12)).isZero();
            RecordBatch records = RecordBatch.wrap(payload.slice(24, payload.remaining() - 24));
            assertThat(records.size()).isEqualTo(6);
            assertThat(records.id(0)).isEqualTo("r7");
            assertThat(records.id(3)).isEqualTo("r9");
            float[] embedding = new float[DIMENSION];
            records.copyEmbedding(3, embedding);
            float[] expected = new float[DIMENSION];
            batch.copyEmbedding(9, expected);
            assertThat(embedding).containsExactly(expected);
            assertThat(records.document(0)).isNull();
        }
    }

    @Test
    void aChangeFeedGivesNoMoreThanItsCreditAndEndsWhenItIsCancelled() throws IOException {
        UUID docs = server.collection("docs");
        for (int i = 0; i < 20; i++) {
            server.engine
                    .write(docs, batch(Operation.UPSERT, "r" + i + "-", 10, DIMENSION), WriteOptions.DEFAULT)
                    .join();
        }
        try (FrameSocket client = FrameSocket.to(server)) {
            client.out.write(FrameSocket.frame(FrameType.CHANGES, 5, docs, new Fields().put("from_seq_id", 1),
                    new byte[0], 1));
            FrameSocket.Frame first = client.next();
            assertThat(first.type()).isEqualTo(FrameType.EVENT);
            // Nothing more comes before what was asked behind it is answered.
            assertThat(client.ask(FrameType.COUNT, 6, docs, new Fields(), new byte[0]).type())
                    .isEqualTo(FrameType.ANSWER);
            assertThat(client.ask(FrameType.FLUSH, 7, docs, new Fields(), new byte[0]).type())
                    .isEqualTo(FrameType.ANSWER);
            client.out
                    .write(FrameSocket.frame(FrameType.CREDIT, 5, FrameHeader.NONE, new Fields(), new byte[0],
                            1 << 30));
            long last = first.head().number("max_seq_id", 0);
            for (int i = 1; i < 20; i++) {
                FrameSocket.Frame event = client.next();
                assertThat(event.type()).isEqualTo(FrameType.EVENT);
                assertThat(event.head().number("min_seq_id", 0)).isEqualTo(last + 1);
                last = event.head().number("max_seq_id", 0);
                assertThat(RecordBatch.wrap(event.payload()).id(0)).isEqualTo("r" + i + "-0");
            }
            client.send(FrameType.CANCEL, 5, FrameHeader.NONE, new Fields(), new byte[0]);
            FrameSocket.Frame end = client.next();
            assertThat(end.type()).isEqualTo(FrameType.END);
            assertThat(end.status()).isEqualTo(200);
        }
        try (FrameSocket client = FrameSocket.to(server)) {
            client.out.write(
                    FrameSocket.frame(FrameType.CHANGES, 5, docs, new Fields(), new byte[0], 1 << 20));
            assertThat(client.ask(FrameType.COUNT, 6, docs, new Fields(), new byte[0]).type())
                    .isEqualTo(FrameType.ANSWER);
            server.engine.deleteCollection("default_tenant", "default_database", "docs").join();
            FrameSocket.Frame end = client.next();
            assertThat(end.type()).isEqualTo(FrameType.END);
            assertThat(end.status()).isEqualTo(404);
        }
        await().until(() -> server.http.shared().feeds().open() == 0);
    }

    @Test
    void aClientThatGoesAwayInTheMiddleLeavesNothing() throws IOException {
        UUID docs = server.collection("docs");
        byte[] frame = FrameSocket.frame(FrameType.WRITE, 1, docs, new Fields(),
                FrameSocket.bytes(batch(Operation.ADD, "x", 500, 384)), 0);
        for (int i = 0; i < 30; i++) {
            try (FrameSocket client = FrameSocket.to(server)) {
                client.out.write(frame, 0, 1 + random.nextInt(frame.length - 1));
            }
        }
        await().until(() -> server.http.shared().budget().bytes() == 0);
        assertThat(count(docs)).isZero();
    }

    @Test
    void aStopLetsRequestsFinishAndRefusesNewOnes() throws IOException {
        UUID docs = server.collection("docs");
        try (FrameSocket client = FrameSocket.to(server)) {
            client.out.write(
                    FrameSocket.frame(FrameType.CHANGES, 5, docs, new Fields(), new byte[0], 1 << 20));
            assertThat(client.ask(FrameType.COUNT, 6, docs, new Fields(), new byte[0]).type())
                    .isEqualTo(FrameType.ANSWER);
            server.binary.close();
            assertThat(client.next().type()).isEqualTo(FrameType.GOAWAY);
            FrameSocket.Frame end = client.next();
            assertThat(end.type()).isEqualTo(FrameType.END);
            assertThat(end.status()).isEqualTo(503);
            assertThat(client.isClosedByServer()).isTrue();
        }
        assertThatThrownBy(() -> FrameSocket.to(server)).isInstanceOf(IOException.class);
    }

    @Test
    void aDrainAsksClientsToGoAndServesThoseWhoStay() throws IOException {
        UUID docs = server.collection("docs");
        try (FrameSocket client = FrameSocket.to(server)) {
            server.binary.drain();
            server.binary.drain();
            assertThat(client.next().type()).isEqualTo(FrameType.GOAWAY);
            for (int id = 6; id < 9; id++) {
                assertThat(client.ask(FrameType.COUNT, id, docs, new Fields(), new byte[0]).type())
                        .isEqualTo(FrameType.ANSWER);
            }
            try (FrameSocket other = FrameSocket.to(server)) {
                assertThat(other.ask(FrameType.COUNT, 1, docs, new Fields(), new byte[0]).type())
                        .isEqualTo(FrameType.ANSWER);
            }
        }
    }
}
