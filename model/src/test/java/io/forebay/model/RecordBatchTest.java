package io.forebay.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordBatchTest {
    private static final long SEED = Long.getLong("forebay.seed", System.nanoTime());

    private record Source(String id, float[] embedding, String document, Map<String, MetadataValue> metadata,
            String uri) {}

    @Test
    void aBatchReadsBackAsItWasBuilt() {
        Random random = random();
        for (int round = 0; round < 200; round++) {
            Operation operation = Operation.values()[random.nextInt(3)];
            List<Source> sources = sources(random, operation == Operation.UPDATE);
            RecordBatch batch = build(operation, sources);
            check(RecordBatch.wrap(batch.encoded()), operation, sources);
        }
    }

    @Test
    void theColumnsMayComeInAnyOrder() {
        RecordBatch batch = RecordBatch.builder(Operation.ADD).document("x").document(null)
                .embedding(new float[]{1, 2}).embedding(new float[]{3, 4}).id("a").id("b").build();
        assertThat(batch.document(0)).isEqualTo("x");
        assertThat(batch.document(1)).isNull();
        assertThat(batch.id(1)).isEqualTo("b");
    }

    @Test
    void anEmbeddingIsTakenFromLittleEndianBytesAsFromFloats() {
        ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.5f).putFloat(-2)
                .flip();
        RecordBatch batch = RecordBatch.builder(Operation.ADD).id("a").embedding(bytes).build();
        float[] read = new float[2];
        batch.copyEmbedding(0, read);
        assertThat(read).containsExactly(1.5f, -2);
    }

    @Test
    void aDeleteHasIdsOnly() {
        RecordBatch batch = RecordBatch.builder(Operation.DELETE).ids(List.of("a", "b")).build();
        assertThat(batch.size()).isEqualTo(2);
        assertThat(batch.dimension()).isZero();
        assertThat(batch.hasEmbedding(0)).isFalse();
        assertThat(batch.document(1)).isNull();
    }

    @Test
    void anEmptyBatchIsABatch() {
        assertThat(RecordBatch.wrap(RecordBatch.builder(Operation.ADD).build().encoded()).size()).isZero();
    }

    @Test
    void emptyMetadataAndEmptyArraysAreStoredAsNothing() {
        RecordBatch batch = RecordBatch.builder(Operation.ADD)
                .record("a", new float[]{1}, null, Map.of(), null)
                .record("b", new float[]{1}, null, Map.of("k", new MetadataValue.StrArray(List.of())), null)
                .build();
        assertThat(batch.metadata(0)).isNull();
        assertThat(batch.metadata(1)).isNull();
    }

    @Test
    void whatAClientCanGetWrongIsRefusedWithChromasMessage() {
        refused(RecordBatch.builder(Operation.ADD).id("a").id("b").embedding(new float[]{1}),
                "Inconsistent number of IDs, embeddings, documents, URIs and metadatas");
        refused(RecordBatch.builder(Operation.ADD).id("a").embedding(new float[]{1}).document("x")
                .document("y"),
                "Inconsistent number of IDs, embeddings, documents, URIs and metadatas");
        refused(RecordBatch.builder(Operation.ADD).id("a").document("x"),
                "Inconsistent number of IDs, embeddings, documents, URIs and metadatas");
        refused(RecordBatch.builder(Operation.ADD).id("").embedding(new float[]{1}),
                "Empty ID, ID must have at least one character");
        refused(RecordBatch.builder(Operation.ADD).id("a").embedding(new float[0]),
                "Validation error: embeddings: Each embedding must have at least 1 dimension");
        refused(RecordBatch.builder(Operation.ADD).id("a").id("b").embedding(new float[]{1})
                .embedding(new float[2]),
                "Inconsistent dimensions in provided embeddings");
        refused(RecordBatch.builder(Operation.ADD).id("a").embedding(new float[]{Float.NaN}),
                "Validation error: embeddings: Embeddings must not contain NaN or Infinity values");
        assertThatThrownBy(() -> RecordBatch.builder(Operation.ADD).metadata(null)
                .metadata(Map.of("$x", MetadataValue.of(1))))
                .hasMessage("Validation error: metadatas: Invalid metadata at index 1");
    }

    @Test
    void aDimensionWithoutEmbeddingsIsRefused() {
        ByteBuffer encoded = RecordBatch.builder(Operation.DELETE).id("a").build().encoded();
        ByteBuffer bytes = ByteBuffer.allocate(encoded.remaining()).order(ByteOrder.LITTLE_ENDIAN)
                .put(encoded).flip();
        bytes.putInt(12, 1 << 30);
        assertThatThrownBy(() -> RecordBatch.wrap(bytes)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void damagedBytesAreRefusedOrReadWithinTheirBounds() {
        Random random = random();
        for (int round = 0; round < 3000; round++) {
            List<Source> sources = sources(random, true);
            ByteBuffer encoded = build(Operation.UPDATE, sources).encoded();
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            for (int flip = random.nextInt(4); flip >= 0; flip--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
            readAll(ByteBuffer.wrap(bytes, 0, length));
        }
    }

    /** Any way of refusing is IllegalArgumentException; anything else would be a read outside the batch. */
    private static void readAll(ByteBuffer bytes) {
        try {
            RecordBatch batch = RecordBatch.wrap(bytes);
            float[] embedding = new float[batch.dimension()];
            for (int i = 0; i < batch.size(); i++) {
                batch.idBytes(i);
                batch.document(i);
                batch.uri(i);
                batch.metadata(i);
                if (batch.hasEmbedding(i)) {
                    batch.copyEmbedding(i, embedding);
                }
            }
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }

    private static void refused(RecordBatchBuilder builder, String message) {
        assertThatThrownBy(builder::build).isInstanceOf(ForebayException.class).hasMessage(message)
                .satisfies(
                        e -> assertThat(((ForebayException) e).code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    private static RecordBatch build(Operation operation, List<Source> sources) {
        RecordBatchBuilder builder = RecordBatch.builder(operation);
        sources.forEach(s -> builder.record(s.id, s.embedding, s.document, s.metadata, s.uri));
        return builder.build();
    }

    private static void check(RecordBatch batch, Operation operation, List<Source> sources) {
        assertThat(batch.operation()).isEqualTo(operation);
        assertThat(batch.size()).isEqualTo(sources.size());
        for (int i = 0; i < sources.size(); i++) {
            Source source = sources.get(i);
            assertThat(batch.id(i)).isEqualTo(source.id);
            assertThat(batch.document(i)).isEqualTo(source.document);
            assertThat(batch.uri(i)).isEqualTo(source.uri);
            assertThat(batch.metadata(i)).isEqualTo(source.metadata);
            assertThat(batch.hasEmbedding(i)).isEqualTo(source.embedding != null);
            if (source.embedding != null) {
                float[] read = new float[batch.dimension()];
                batch.copyEmbedding(i, read);
                assertThat(read).containsExactly(source.embedding);
            }
        }
    }

    private static List<Source> sources(Random random, boolean partial) {
        int dimension = 1 + random.nextInt(20);
        boolean documents = random.nextBoolean();
        List<Source> sources = new ArrayList<>();
        for (int i = 0, n = 1 + random.nextInt(30); i < n; i++) {
            float[] embedding = partial && random.nextBoolean() ? null : new float[dimension];
            for (int k = 0; embedding != null && k < dimension; k++) {
                embedding[k] = (float) random.nextGaussian();
            }
            String document = documents && random.nextBoolean()
                    ? "däta ".repeat(random.nextInt(5)) + i
                    : null;
            sources.add(new Source("id-" + i, embedding, document, metadata(random),
                    random.nextInt(4) == 0 ? "s3://b/" + i : null));
        }
        return sources;
    }

    private static Map<String, MetadataValue> metadata(Random random) {
        if (random.nextInt(3) == 0) {
            return null;
        }
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        metadata.put("str", MetadataValue.of("välue" + random.nextInt()));
        metadata.put("int", MetadataValue.of(random.nextLong()));
        metadata.put("float", MetadataValue.of(random.nextDouble()));
        metadata.put("bool", MetadataValue.of(random.nextBoolean()));
        if (random.nextBoolean()) {
            metadata.put("strs", new MetadataValue.StrArray(List.of("a", "")));
            metadata.put("ints", new MetadataValue.IntArray(List.of(1L, -1L)));
            metadata.put("floats", new MetadataValue.FloatArray(List.of(0.1, -0.0)));
            metadata.put("bools", new MetadataValue.BoolArray(List.of(true, false)));
        }
        return metadata;
    }

    private static Random random() {
        System.err.println("seed=" + SEED + " (repeat with -Dforebay.seed=" + SEED + ")");
        return new Random(SEED);
    }
}
