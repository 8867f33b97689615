package io.forebay.server.binary;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import io.forebay.server.http.LeakWatch;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Frames with flipped bits, odd fields and wrong lengths, whole, in pieces and cut off. Whatever comes: every request
 * is answered or the connection closed, nothing is a defect of the server, nothing leaks, and the next client is
 * served.
 */
@Tag("fuzz")
class BinaryFuzzTest {
    private static final FrameType[] REQUESTS = {FrameType.WRITE, FrameType.DELETE, FrameType.GET,
            FrameType.QUERY,
            FrameType.COUNT, FrameType.FLUSH, FrameType.LAG, FrameType.CHANGES, FrameType.CALL,
            FrameType.CANCEL,
            FrameType.PING, FrameType.CREDIT};
    private static final String[] NAMES = {"ids", "where", "where_document", "limit", "offset", "include",
            "n_results", "embeddings", "ef_search", "position", "timeout_millis", "min_seq_id", "read_level",
            "durability", "idempotency_key", "from_seq_id", "method", "path", "headers"};
    private static final String[] TEXTS = {"", "{\"a\":1}", "{", "GET", "POST", "/api/v2/heartbeat", "os",
            "sync",
            "linked", "applied", "index_only", "documents", "embeddings", "\u0000", "x".repeat(300),
            "/api/forebay/lag", "{\"$contains\":\"x\"}"};

    @TempDir
    Path directory;

    private final long seed = Long.getLong("forebay.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private List<UUID> collections;

    @Test
    void nothingThatAClientSendsBreaksTheServer() throws IOException {
        fuzz(TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    @Tag("long")
    @Timeout(1200)
    void nothingThatAClientSendsInALongTimeBreaksTheServer() throws IOException {
        fuzz(TimeUnit.SECONDS.toNanos(Long.getLong("forebay.fuzz.seconds", 600)));
    }

    private void fuzz(long nanos) throws IOException {
        System.err.println("seed=" + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        int frames = 0;
        int answers = 0;
        try (BinaryTestServer server = BinaryTestServer.start(directory)) {
            collections = List.of(server.collection("one"), server.collection("two"), UUID.randomUUID(),
                    FrameHeader.NONE);
            for (long end = System.nanoTime() + nanos; System.nanoTime() < end;) {
                try (FrameSocket client = FrameSocket.to(server)) {
                    client.socket.setSoTimeout(90_000);
                    int count = 1 + random.nextInt(20);
                    boolean whole = true;
                    for (int i = 1; i <= count && whole; i++) {
                        frames++;
                        byte[] frame = bytes(i);
                        whole = lengthIsRight(frame);
                        whole &= send(client, frame);
                    }
                    if (whole && random.nextInt(3) > 0) {
                        // Whatever is answered comes before this, or the connection ends.
                        client.send(FrameType.PING, 1 << 20, FrameHeader.NONE, new Fields(), new byte[0]);
                        answers += readToPong(client);
                    }
                } catch (EOFException | SocketException closedByServer) {
                    // as it may
                }
                try (FrameSocket next = FrameSocket.to(server)) {
                    assertThat(next.ask(FrameType.COUNT, 1, collections.getFirst(), new Fields(), new byte[0])
                            .type()).isEqualTo(FrameType.ANSWER);
                }
            }
            assertThat(server.http.shared().budget().bytes()).isZero();
        }
        System.err.println(frames + " frames, " + answers + " answers");
        assertThat(answers).isPositive();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static int readToPong(FrameSocket client) throws IOException {
        int answers = 0;
        while (true) {
            FrameSocket.Frame frame = client.any();
            if (frame.type() == FrameType.PONG && frame.id() == 1 << 20) {
                return answers;
            }
            assertThat(frame.status()).as("%s", frame.head().text("message")).isNotEqualTo(500);
            answers++;
        }
    }

    private static boolean lengthIsRight(byte[] frame) {
        return ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).getInt(0) == frame.length
                - FrameHeader.LENGTH_BYTES;
    }

    /** True when it was sent to its end. */
    private boolean send(FrameSocket client, byte[] frame) throws IOException {
        int length = random.nextInt(30) == 0 ? random.nextInt(frame.length) : frame.length;
        if (random.nextInt(4) > 0) {
            client.out.write(frame, 0, length);
            return length == frame.length;
        }
        for (int at = 0; at < length;) {
            int step = Math.min(length - at, 1 + random.nextInt(200));
            client.out.write(frame, at, step);
            at += step;
        }
        return length == frame.length;
    }

    private byte[] bytes(int id) {
        FrameType type = REQUESTS[random.nextInt(REQUESTS.length)];
        Fields head = new Fields();
        for (int i = random.nextInt(4); i > 0; i--) {
            String name = NAMES[random.nextInt(NAMES.length)];
            switch (random.nextInt(4)) {
                case 0 -> head.put(name, random.nextInt(6) == 0 ? random.nextLong() : random.nextInt(20));
                case 1 -> head.put(name, random.nextBoolean());
                case 2 -> head.put(name, List.of(text(), text()));
                default -> head.put(name, text());
            }
        }
        if (type == FrameType.FLUSH) {
            head.put("timeout_millis", 10);
        }
        byte[] frame = FrameSocket.frame(type, id, collections.get(random.nextInt(collections.size())), head,
                payload(type), random.nextInt(3) == 0 ? random.nextInt() : 1 << 16);
        for (int flips = random.nextInt(5) == 0 ? 1 + random.nextInt(6) : 0; flips > 0; flips--) {
            frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return frame;
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private byte[] payload(FrameType type) {
        if (type == FrameType.WRITE && random.nextInt(8) > 0) {
            RecordBatchBuilder batch = RecordBatch.builder(Operation.values()[random.nextInt(4)]);
            for (int i = random.nextInt(30); i >= 0; i--) {
                batch.record("r" + random.nextInt(50), new float[]{i, 1, 2, 3}, "x", Map.of("a",
                        MetadataValue.of(i)), null);
            }
            return FrameSocket.bytes(batch.build());
        }
        byte[] any = new byte[type == FrameType.QUERY ? 16 : random.nextInt(200)];
        if (type != FrameType.QUERY || random.nextInt(4) == 0) {
            random.nextBytes(any);
        }
        return any;
    }
}
