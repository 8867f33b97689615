package io.forebay.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link RecordBatch}, either record by record ({@link #record}) or column by column in any order of columns,
 * as a parser meets them. A column that is never touched is absent; one that is touched must have an entry per id.
 *
 * <p>Everything a client can get wrong about a batch by itself is found in {@link #build}, with Chroma's messages:
 * unequal lengths, empty ids, dimensions, values that are not finite, missing embeddings, metadata keys.
 *
 * <p>Not thread-safe; use once.
 */
public final class RecordBatchBuilder {
    /** Room is made ahead for at most so many floats: what a client announces costs it little. */
    private static final int ROOM_FLOATS_MAX = 4 << 20;

    private final Operation operation;
    private final VarColumn ids = new VarColumn();
    private final VarColumn documents = new VarColumn();
    private final VarColumn uris = new VarColumn();
    private final VarColumn metadatas = new VarColumn();
    private final ByteSink scratch = new ByteSink(256);
    private float[] floats = new float[1024];
    private int floatCount;
    private int floatsAtRecord;
    private int embeddingEntries;
    private int embeddingCount;
    private int dimension;
    private byte[] present = new byte[128];
    private int origin;
    private boolean dimensionsDiffer;
    private boolean emptyEmbedding;
    private boolean finite = true;

    RecordBatchBuilder(Operation operation) {
        this.operation = operation;
    }

    /** Adds one record to every column; null stands for "not given". */
    public RecordBatchBuilder record(String id, float @Nullable [] embedding, @Nullable String document,
            @Nullable Map<String, MetadataValue> metadata, @Nullable String uri) {
        id(id);
        embedding(embedding);
        document(document);
        metadata(metadata);
        uri(uri);
        return this;
    }

    public RecordBatchBuilder record(String id, float[] embedding) {
        return id(id).embedding(embedding);
    }

    public RecordBatchBuilder record(String id, float[] embedding, String document) {
        return id(id).embedding(embedding).document(document);
    }

    public RecordBatchBuilder id(String id) {
        ids.add(MetadataCodec.utf8(id));
        return this;
    }

    public RecordBatchBuilder ids(List<String> all) {
        all.forEach(this::id);
        return this;
    }

    public RecordBatchBuilder embedding(float @Nullable [] values) {
        return values == null ? nullEmbedding() : embedding(values, values.length);
    }

    /** The first {@code count} of the values. */
    public RecordBatchBuilder embedding(float[] values, int count) {
        ensureFloats(count);
        System.arraycopy(values, 0, floats, floatCount, count);
        floatCount += count;
        return endEmbedding();
    }

    /** The first {@code count} floats of the buffer, wherever its position is. */
    public RecordBatchBuilder embedding(FloatBuffer values, int count) {
        ensureFloats(count);
        values.get(0, floats, floatCount, count);
        floatCount += count;
        return endEmbedding();
    }

    /** Little-endian float32 from position to limit. */
    public RecordBatchBuilder embedding(ByteBuffer littleEndian) {
        FloatBuffer values = littleEndian.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        return embedding(values, values.remaining());
    }

    public RecordBatchBuilder nullEmbedding() {
        embeddingEntries++;
        return this;
    }

    /** One component of the embedding that {@link #endEmbedding} will complete. */
    public void component(float value) {
        if (floatCount == floats.length) {
            ensureFloats(1);
        }
        floats[floatCount++] = value;
    }

    public RecordBatchBuilder endEmbedding() {
        int length = floatCount - floatsAtRecord;
        finite &= Floats.allFinite(floats, floatsAtRecord, floatCount);
        floatsAtRecord = floatCount;
        emptyEmbedding |= length == 0;
        if (embeddingCount == 0) {
            dimension = length;
            // Parsers meet the ids first: make room for all their embeddings at once, within reason.
            ensureFloats((int) Math.min(ROOM_FLOATS_MAX, (long) length * Math.max(0, ids.count - 1)));
        }
        dimensionsDiffer |= length != dimension;
        if (embeddingEntries >> 3 >= present.length) {
            present = Arrays.copyOf(present, present.length * 2);
        }
        present[embeddingEntries >> 3] |= (byte) (1 << (embeddingEntries & 7));
        embeddingEntries++;
        embeddingCount++;
        return this;
    }

    public RecordBatchBuilder document(@Nullable String document) {
        documents.add(document == null ? null : MetadataCodec.utf8(document));
        return this;
    }

    public RecordBatchBuilder uri(@Nullable String uri) {
        uris.add(uri == null ? null : MetadataCodec.utf8(uri));
        return this;
    }

    /** An empty map, or one of empty arrays only, is stored as no metadata. Nulls only where the operation merges. */
    public RecordBatchBuilder metadata(@Nullable Map<String, MetadataValue> metadata) {
        int index = metadatas.count;
        if (metadata == null || metadata.isEmpty()) {
            metadatas.add(null);
            return this;
        }
        for (Map.Entry<String, MetadataValue> entry : metadata.entrySet()) {
            checkKey(entry.getKey(), index);
        }
        if (operation == Operation.ADD && metadata.values().stream().anyMatch(MetadataCodec::isEmptyArray)) {
            Map<String, MetadataValue> kept = new LinkedHashMap<>(metadata);
            kept.values().removeIf(MetadataCodec::isEmptyArray);
            return metadata(kept);
        }
        int start = scratch.size();
        MetadataCodec.encode(metadata, scratch);
        metadatas.add(Arrays.copyOfRange(scratch.array(), start, scratch.size()));
        scratch.clear();
        return this;
    }

    /** Whether all embeddings so far hold neither NaN nor infinity. */
    public boolean isFinite() {
        return finite;
    }

    /** Embeddings are collected in this array while they fit: what {@link #floats} gave when another batch was built. */
    public RecordBatchBuilder collectingIn(float[] room) {
        if (floatCount > 0) {
            throw new IllegalStateException("there are embeddings already");
        }
        floats = room;
        return this;
    }

    /** The array in which embeddings were collected; the batch that was built has its own copy. */
    public float[] floats() {
        return floats;
    }

    /** The checksum that {@link RecordBatch#origin} answers. */
    public RecordBatchBuilder origin(int checksum) {
        origin = checksum;
        return this;
    }

    /** Records so far. */
    public int size() {
        return ids.count;
    }

    /**
     * @throws ForebayException (INVALID_ARGUMENT) naming what is wrong with the batch
     */
    public RecordBatch build() {
        validate();
        boolean partial = embeddingCount > 0 && embeddingCount < ids.count;
        long total = RecordBatch.HEADER_BYTES + ids.bytes()
                + (partial ? RecordBatch.pad((ids.count + 7) / 8) : 0)
                + 4L * floatCount + documents.bytes() + uris.bytes() + metadatas.bytes();
        if (total > Integer.MAX_VALUE - 64) {
            throw new ForebayException(ErrorCode.PAYLOAD_TOO_LARGE,
                    "a batch of " + total + " bytes exceeds 2 GiB");
        }
        ByteBuffer out = ByteBuffer.allocate((int) total).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(RecordBatch.MAGIC).put(RecordBatch.VERSION).put((byte) operation.code());
        out.putShort((short) flags(partial)).putInt(ids.count).putInt(embeddingCount == 0 ? 0 : dimension);
        out.putInt(embeddingCount).putInt((int) total).putInt(origin).putInt(0);
        ids.writeTo(out);
        if (partial) {
            out.put(present, 0, (ids.count + 7) / 8);
            align(out);
        }
        out.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(floats, 0, floatCount);
        out.position(out.position() + 4 * floatCount);
        documents.writeTo(out);
        uris.writeTo(out);
        metadatas.writeTo(out);
        return RecordBatch.built(out.flip());
    }

    private int flags(boolean partial) {
        return (embeddingCount > 0 ? RecordBatch.FLAG_EMBEDDINGS : 0)
                | (partial ? RecordBatch.FLAG_PARTIAL : 0)
                | (documents.isAbsent() ? 0 : RecordBatch.FLAG_DOCUMENTS)
                | (uris.isAbsent() ? 0 : RecordBatch.FLAG_URIS)
                | (metadatas.isAbsent() ? 0 : RecordBatch.FLAG_METADATAS);
    }

    private void validate() {
        require(ids.count == 0 || !ids.hasEmpty, "Empty ID, ID must have at least one character");
        require(matches(embeddingEntries) && matches(documents.count) && matches(uris.count)
                && matches(metadatas.count),
                "Inconsistent number of IDs, embeddings, documents, URIs and metadatas");
        require(!emptyEmbedding,
                "Validation error: embeddings: Each embedding must have at least 1 dimension");
        require(!dimensionsDiffer, "Inconsistent dimensions in provided embeddings");
        boolean needsEmbeddings = operation == Operation.ADD || operation == Operation.UPSERT;
        require(!needsEmbeddings || embeddingCount == ids.count,
                "Inconsistent number of IDs, embeddings, documents, URIs and metadatas");
        require(finite, "Validation error: embeddings: Embeddings must not contain NaN or Infinity values");
    }

    private boolean matches(int entries) {
        return entries == 0 || entries == ids.count;
    }

    private static void require(boolean ok, String message) {
        if (!ok) {
            throw ForebayException.invalid(message);
        }
    }

    static void checkKey(String key, int index) {
        if (key.isEmpty() || key.charAt(0) == '#' || key.charAt(0) == '$') {
            throw ForebayException.invalid("Validation error: metadatas: Invalid metadata at index " + index);
        }
    }

    private void ensureFloats(int more) {
        long needed = (long) floatCount + more;
        if (needed > floats.length) {
            if (needed > Integer.MAX_VALUE / 4) {
                throw new ForebayException(ErrorCode.PAYLOAD_TOO_LARGE,
                        "the embeddings of a batch exceed 2 GiB");
            }
            floats = Arrays.copyOf(floats,
                    (int) Math.min(Integer.MAX_VALUE / 4, Math.max(needed, floatCount * 2L)));
        }
    }

    private static void align(ByteBuffer out) {
        while ((out.position() & 3) != 0) {
            out.put((byte) 0);
        }
    }

    /** Entries of variable length, some null: the column section of the format. */
    private static final class VarColumn {
        private final ByteSink body = new ByteSink(256);
        private int[] ends = new int[64];
        private int count;
        private boolean hasEmpty;
        private boolean hasValue;

        void add(byte @Nullable [] entry) {
            if (count == ends.length) {
                ends = Arrays.copyOf(ends, count * 2);
            }
            if (entry == null) {
                ends[count++] = body.size() | RecordBatch.NULL_BIT;
                return;
            }
            hasEmpty |= entry.length == 0;
            hasValue = true;
            body.putBytes(entry);
            ends[count++] = body.size();
        }

        /** A column of nulls only says no more than no column. */
        boolean isAbsent() {
            return !hasValue;
        }

        long bytes() {
            return isAbsent() && count > 0 ? 0 : RecordBatch.pad(4L * count + body.size());
        }

        void writeTo(ByteBuffer out) {
            if (isAbsent()) {
                return;
            }
            for (int i = 0; i < count; i++) {
                out.putInt(ends[i]);
            }
            out.put(body.array(), 0, body.size());
            align(out);
        }
    }
}
