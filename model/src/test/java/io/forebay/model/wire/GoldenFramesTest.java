package io.forebay.model.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The bytes of frames never change within a version of the protocol. {@code -Dforebay.rewrite=true} writes the files
 * anew, for a frame that is new; README.md beside them tells what they hold.
 */
class GoldenFramesTest {
    private static final Path FOLDER = Path.of("src/test/resources/golden/wire");
    private static final UUID COLLECTION = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    private record Golden(FrameType type, int status, long requestId, UUID collection, int credit,
            Fields head,
            byte[] payload) {
        byte[] bytes() {
            byte[] encoded = head.encode();
            ByteBuffer out = ByteBuffer
                    .allocate(FrameHeader.BYTES + FrameHeader.padded(encoded.length) + payload.length);
            FrameHeader.of(type, status, requestId, collection, encoded.length, payload.length)
                    .withCredit(credit).write(out);
            out.put(encoded).position(FrameHeader.BYTES + FrameHeader.padded(encoded.length)).put(payload);
            return out.array();
        }
    }

    private static RecordBatch batch(Operation operation) {
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        metadata.put("number", MetadataValue.of(7));
        metadata.put("real", MetadataValue.of(0.5));
        metadata.put("text", MetadataValue.of("zwölf"));
        metadata.put("yes", MetadataValue.TRUE);
        return RecordBatch.builder(operation).record("a", new float[]{1, -2, 0.25f}, "first", metadata, null)
                .record("b", new float[]{0, 1, 3}, null, null, "file:///b").build();
    }

    private static byte[] bytes(RecordBatch batch) {
        byte[] bytes = new byte[batch.encodedBytes()];
        batch.encoded().get(bytes);
        return bytes;
    }

    private static byte[] floats(float... values) {
        ByteBuffer out = ByteBuffer.allocate((4 * values.length + 7) / 8 * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            out.putFloat(value);
        }
        return out.array();
    }

    private static byte[] joined(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }

    private static Map<String, Golden> frames() {
        Map<String, Golden> all = new LinkedHashMap<>();
        byte[] none = {};
        all.put("hello",
                new Golden(FrameType.HELLO, 0, 0, FrameHeader.NONE, 0, new Fields().put("version_min", 1)
                        .put("version_max", 1).put("client", "golden").put("token", "secret")
                        .put("features", List.of("changes")), none));
        all.put("hello_ok", new Golden(FrameType.HELLO_OK, 0, 0, FrameHeader.NONE, 0,
                new Fields().put("version", 1).put("server", "forebay")
                        .put("features", List.of("changes", "call"))
                        .put("frame_bytes_max", 41943040).put("window_bytes", 8388608)
                        .put("requests_max", 1024)
                        .put("heartbeat_millis", 15000),
                none));
        all.put("write", new Golden(FrameType.WRITE, 0, 1, COLLECTION, 0,
                new Fields().put("idempotency_key", "load-1").put("durability", "os"),
                bytes(batch(Operation.ADD))));
        all.put("write_answer", new Golden(FrameType.ANSWER, 200, 1, FrameHeader.NONE, 400,
                new Fields().put("min_seq_id", 3).put("max_seq_id", 4).put("records", 2).put("durability",
                        "os"),
                none));
        all.put("query", new Golden(FrameType.QUERY, 0, 2, COLLECTION, 0,
                new Fields().put("n_results", 2).put("where", "{\"number\":7}").put("include",
                        List.of("documents")),
                floats(1, -2, 0.25f)));
        all.put("query_answer", new Golden(FrameType.ANSWER, 200, 2, FrameHeader.NONE, 0,
                new Fields().put("applied_seq_id", 4).put("linked_seq_id", 4).putNumbers("counts",
                        List.of(2L)),
                joined(floats(0, 21.5625f), bytes(batch(Operation.UPDATE)))));
        all.put("changes", new Golden(FrameType.CHANGES, 0, 3, COLLECTION, 1 << 20,
                new Fields().put("from_seq_id", 3), none));
        all.put("event",
                new Golden(FrameType.EVENT, 0, 3, FrameHeader.NONE, 0, new Fields().put("min_seq_id", 3)
                        .put("max_seq_id", 4).put("time_millis", 1790000000000L),
                        bytes(batch(Operation.ADD))));
        all.put("error", new Golden(FrameType.ERROR, 429, 4, FrameHeader.NONE, 0,
                new Fields().put("error", "Backoff").put("code", "BACKOFF").put("message", "try again")
                        .put("retry_after_seconds", 2),
                none));
        all.put("credit", new Golden(FrameType.CREDIT, 0, 0, FrameHeader.NONE, 2097152, new Fields(), none));
        return all;
    }

    @TestFactory
    List<DynamicTest> theBytesAreThoseOfTheFiles() {
        return frames().entrySet().stream()
                .map(one -> DynamicTest.dynamicTest(one.getKey(),
                        () -> compare(one.getKey(), one.getValue())))
                .toList();
    }

    private static void compare(String name, Golden golden) throws IOException {
        Path file = FOLDER.resolve(name + ".bin");
        if (Boolean.getBoolean("forebay.rewrite")) {
            Files.createDirectories(FOLDER);
            Files.write(file, golden.bytes());
        }
        byte[] kept = Files.readAllBytes(file);
        assertThat(golden.bytes()).isEqualTo(kept);
        ByteBuffer in = ByteBuffer.wrap(kept);
        FrameHeader header = FrameHeader.read(in);
        assertThat(header.frameBytes()).isEqualTo(kept.length);
        assertThat(FrameType.of(header.typeCode())).isEqualTo(golden.type);
        assertThat(header.status()).isEqualTo(golden.status);
        assertThat(header.requestId()).isEqualTo(golden.requestId);
        assertThat(header.collection()).isEqualTo(golden.collection);
        assertThat(header.credit()).isEqualTo(golden.credit);
        assertThat(header.payloadBytes()).isEqualTo(golden.payload.length);
        byte[] head = new byte[header.headBytes()];
        in.get(head);
        assertThat(Fields.decode(head).encode()).isEqualTo(golden.head.encode());
    }

    @Test
    void whateverTheBytesOfAHeaderEitherTheyAreOneOrTheyAreRefused() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.err.println("seed=" + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = frames().get("write").bytes();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bytes[random.nextInt(FrameHeader.BYTES)] = (byte) random.nextInt();
            }
            try {
                FrameHeader header = FrameHeader.read(ByteBuffer.wrap(bytes));
                assertThat(header.payloadBytes()).isNotNegative();
                assertThat(header.headBytes()).isNotNegative();
                ByteBuffer again = ByteBuffer.allocate(FrameHeader.BYTES);
                header.write(again);
                again.put(5, bytes[5]); // which means nothing
                assertThat(again.array()).isEqualTo(Arrays.copyOf(bytes, FrameHeader.BYTES));
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageContaining("malformed frame");
            }
        }
    }

    @Test
    void aHeadThatIsLongerThanItsFrameIsRefusedHoweverLong() {
        for (int head : new int[]{1 << 20, Integer.MAX_VALUE, Integer.MAX_VALUE - 6, -1, Integer.MIN_VALUE}) {
            ByteBuffer bytes = ByteBuffer.wrap(frames().get("credit").bytes()).order(ByteOrder.LITTLE_ENDIAN);
            bytes.putInt(36, head);
            assertThatThrownBy(() -> FrameHeader.read(bytes)).hasMessageContaining("malformed frame");
        }
    }

    @Test
    void aFieldOfAnotherTypeIsNamed() {
        Fields fields = Fields.decode(new Fields().put("limit", "ten").encode());
        assertThatThrownBy(() -> fields.number("limit", 0)).hasMessageContaining("limit")
                .hasMessageContaining("an int");
        assertThatThrownBy(() -> fields.texts("limit")).hasMessageContaining("an array of strings");
        assertThat(fields.number("offset", 3)).isEqualTo(3);
        assertThatThrownBy(() -> Fields.decode(new byte[]{5, 1})).hasMessageContaining("malformed head");
    }
}
