package io.forebay.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bytes that a client made are a batch that can be applied, or are refused with what is wrong. */
@Tag("fuzz")
class ClientBatchTest {
    private static RecordBatch batch(Operation operation) {
        return RecordBatch.builder(operation)
                .record("a", new float[]{1, 2}, "first", Map.of("k", MetadataValue.of(1)), null)
                .record("é", new float[]{3, 4}, null,
                        Map.of("list", new MetadataValue.StrArray(List.of("x"))),
                        "uri")
                .record("c", new float[]{5, 6}, "𝄞", null, null).build();
    }

    private static byte[] bytes(RecordBatch batch) {
        byte[] bytes = new byte[batch.encodedBytes()];
        batch.encoded().get(bytes);
        return bytes;
    }

    private static int indexOf(byte[] bytes, byte... part) {
        for (int i = 0; i <= bytes.length - part.length; i++) {
            if (ByteBuffer.wrap(bytes, i, part.length).equals(ByteBuffer.wrap(part))) {
                return i;
            }
        }
        throw new IllegalArgumentException("not in it");
    }

    private static void refused(byte[] bytes, String what) {
        assertThatThrownBy(() -> RecordBatch.ofClient(ByteBuffer.wrap(bytes)))
                .isInstanceOfSatisfying(ForebayException.class,
                        told -> assertThat(told.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining(what);
    }

    @Test
    void whatABuilderMadeIsTaken() {
        for (Operation operation : Operation.values()) {
            byte[] bytes = bytes(batch(operation));
            RecordBatch taken = RecordBatch.ofClient(ByteBuffer.wrap(bytes));
            assertThat(taken.encoded()).isEqualTo(ByteBuffer.wrap(bytes));
            assertThat(taken.hasFiniteEmbeddings()).isTrue();
        }
        RecordBatch.ofClient(ByteBuffer.wrap(bytes(RecordBatch.builder(Operation.DELETE).id("a").build())));
        RecordBatch.ofClient(ByteBuffer.wrap(bytes(RecordBatch.builder(Operation.UPDATE)
                .record("a", null, null, Map.of("gone", MetadataValue.NULL), null).build())));
    }

    @Test
    void whatABuilderWouldRefuseIsRefused() {
        byte[] embeddings = bytes(batch(Operation.ADD));
        int at = indexOf(embeddings, (byte) 0, (byte) 0, (byte) 0x40, (byte) 0x40); // 3f
        ByteBuffer.wrap(embeddings).order(ByteOrder.LITTLE_ENDIAN).putFloat(at, Float.NaN);
        refused(embeddings, "NaN or Infinity");
        ByteBuffer.wrap(embeddings).order(ByteOrder.LITTLE_ENDIAN).putFloat(at, Float.NEGATIVE_INFINITY);
        refused(embeddings, "NaN or Infinity");

        byte[] ids = bytes(batch(Operation.ADD));
        ids[indexOf(ids, (byte) 0xc3, (byte) 0xa9)] = (byte) 0xff;
        refused(ids, "ids: not UTF-8 at index 1");
        byte[] documents = bytes(batch(Operation.ADD));
        documents[indexOf(documents, (byte) 0xf0, (byte) 0x9d) + 1] = 0;
        refused(documents, "documents: not UTF-8 at index 2");

        byte[] origin = bytes(batch(Operation.ADD));
        origin[24] = 1;
        refused(origin, "origin");
        byte[] without = bytes(RecordBatch.builder(Operation.UPDATE).id("a").document("text").build());
        without[5] = (byte) Operation.ADD.code();
        refused(without, "Inconsistent number");
        byte[] key = bytes(batch(Operation.ADD));
        key[indexOf(key, (byte) 1, (byte) 'k') + 1] = '$';
        refused(key, "Invalid metadata at index 0");
        byte[] nulls = bytes(RecordBatch.builder(Operation.UPSERT)
                .record("a", new float[]{1}, null, Map.of("gone", MetadataValue.NULL), null).build());
        nulls[5] = (byte) Operation.ADD.code();
        refused(nulls, "ADD has no null");
        byte[] empty = bytes(RecordBatch.builder(Operation.DELETE).id("a").build());
        ByteBuffer.wrap(empty).order(ByteOrder.LITTLE_ENDIAN).putInt(32, 0);
        refused(empty, "");
        refused(new byte[10], "shorter than its header");
    }

    @Test
    void whateverIsFlippedWhatIsTakenCanBeReadAsAWhole() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.err.println("seed=" + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        Random random = new Random(seed);
        int taken = 0;
        for (int i = 0; i < 30_000; i++) {
            byte[] bytes = bytes(batch(Operation.values()[random.nextInt(4)]));
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            RecordBatch batch;
            try {
                batch = RecordBatch.ofClient(ByteBuffer.wrap(bytes));
            } catch (ForebayException refused) {
                assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
                continue;
            }
            taken++;
            for (int record = 0; record < batch.size(); record++) {
                assertThat(batch.id(record)).isNotEmpty();
                batch.document(record);
                batch.uri(record);
                batch.metadata(record);
                if (batch.hasEmbedding(record)) {
                    batch.copyEmbedding(record, new float[batch.dimension()]);
                }
            }
        }
        assertThat(taken).isBetween(1_000, 29_000);
    }
}
