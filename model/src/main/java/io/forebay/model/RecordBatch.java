package io.forebay.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records of one client request: one operation on one collection, applied as a whole or not at all. Immutable; a
 * view over its one binary form, which is what a binary client sends, what the log stores and what an indexer reads.
 *
 * <p>Threads: safe for any number of readers.
 *
 * <p>Failure: {@link #wrap} checks every length and offset before anything is read, so a batch that was wrapped never
 * runs outside its bytes. The bytes carry no checksum of their own: the log's frame has one over all of them.
 *
 * <p>Format: little-endian, every section padded with zeros to 4 bytes.
 * <pre>
 *   0        4    5    6       8         12          16           20            24        32
 *   +--------+----+----+-------+---------+-----------+------------+-------------+---------+
 *   | "FBRB" | v1 | op | flags | records | dimension | embeddings | total bytes | origin  |
 *   +--------+----+----+-------+---------+-----------+------------+-------------+---------+
 *   | ids column                                                                          |
 *   | embedding bitmap: bit i set = record i has one        only with flag PARTIAL        |
 *   | embeddings: float32[embeddings * dimension]           only with flag EMBEDDINGS     |
 *   | documents column, uris column, metadatas column       each only with its flag       |
 *   +-------------------------------------------------------------------------------------+
 *   column = end:int32[records]  bytes
 *            entry i is bytes [end(i-1), end(i)); the top bit of end(i) marks null (and then the entry is empty)
 *   origin = checksum:int32 0:int32
 *            of the request that this batch was made from, when that is not the batch itself (a delete by filter,
 *            which is logged as a delete of what it found); 0 otherwise. What a client sends here means nothing
 * </pre>
 * Ids, documents and uris are UTF-8, metadatas as {@link MetadataCodec} writes them. The constants here are part of
 * the format.
 */
public final class RecordBatch {
    public static final int MAGIC = 0x42524246;
    public static final byte VERSION = 1;
    public static final int HEADER_BYTES = 32;
    public static final int FLAG_EMBEDDINGS = 1;
    public static final int FLAG_PARTIAL = 2;
    public static final int FLAG_DOCUMENTS = 4;
    public static final int FLAG_URIS = 8;
    public static final int FLAG_METADATAS = 16;
    private static final int OPERATION_OFFSET = 5;
    static final int ORIGIN_OFFSET = 24;
    public static final int NULL_BIT = 0x8000_0000;
    /** Looked at in one go, in the first-level cache. */
    private static final int FINITE_STEP = 1024;

    private final ByteBuffer bytes;
    private final Operation operation;
    private final int size;
    private final int dimension;
    private final int embeddingCount;
    private final Column ids;
    private final int bitmapAt;
    private final int embeddingsAt;
    private final @Nullable Column documents;
    private final @Nullable Column uris;
    private final @Nullable Column metadatas;
    /** For partial batches: how many embeddings precede record i. */
    private final int @Nullable [] embeddingRank;
    /** The builder, or who took it from a client, has looked already. */
    private boolean knownFinite;

    private RecordBatch(ByteBuffer source, boolean knownFinite) {
        this.knownFinite = knownFinite;
        bytes = source.slice().order(ByteOrder.LITTLE_ENDIAN);
        check(bytes.remaining() >= HEADER_BYTES, "is shorter than its header");
        check(bytes.getInt(0) == MAGIC, "does not begin with the magic");
        check(bytes.get(4) == VERSION, "has a version other than " + VERSION);
        operation = Operation.ofCode(bytes.get(OPERATION_OFFSET));
        int flags = bytes.getShort(6);
        size = bytes.getInt(8);
        dimension = bytes.getInt(12);
        embeddingCount = bytes.getInt(16);
        check(bytes.getInt(20) == bytes.remaining(), "is not as long as its header says");
        check(size >= 0 && dimension >= 0 && embeddingCount >= 0 && embeddingCount <= size,
                "has a negative or inconsistent count");
        long at = HEADER_BYTES;
        ids = new Column(bytes, at, size);
        at = ids.endAt;
        bitmapAt = (int) at;
        embeddingRank = (flags & FLAG_PARTIAL) == 0 ? null : new int[size];
        if (embeddingRank != null) {
            at = pad(at + (size + 7) / 8);
            check(at <= bytes.limit(), "ends inside its embedding bitmap");
            rankEmbeddings(embeddingRank);
        } else {
            check(embeddingCount == 0 || embeddingCount == size, "has too few embeddings");
        }
        embeddingsAt = (int) at;
        at += 4L * embeddingCount * dimension;
        check(at <= bytes.limit(), "ends inside its embeddings");
        check(((flags & FLAG_EMBEDDINGS) != 0) == (embeddingCount > 0), "has a wrong embeddings flag");
        check((embeddingCount > 0) == (dimension > 0), "has embeddings without a dimension, or the reverse");
        documents = (flags & FLAG_DOCUMENTS) == 0 ? null : new Column(bytes, at, size);
        at = documents == null ? at : documents.endAt;
        uris = (flags & FLAG_URIS) == 0 ? null : new Column(bytes, at, size);
        at = uris == null ? at : uris.endAt;
        metadatas = (flags & FLAG_METADATAS) == 0 ? null : new Column(bytes, at, size);
        at = metadatas == null ? at : metadatas.endAt;
        check(at == bytes.limit(), "has bytes left over after its last section");
    }

    /**
     * A batch over these bytes (position to limit), without copying them: they must not change while it lives.
     *
     * @throws IllegalArgumentException when they are not exactly one well-formed batch
     */
    public static RecordBatch wrap(ByteBuffer bytes) {
        return new RecordBatch(bytes, false);
    }

    /**
     * The same for bytes that a client made: also what is in the columns is checked.
     *
     * @throws ForebayException INVALID_ARGUMENT, naming what is wrong
     */
    public static RecordBatch ofClient(ByteBuffer bytes) {
        RecordBatch batch;
        try {
            batch = new RecordBatch(bytes, false);
        } catch (IllegalArgumentException malformed) {
            throw ForebayException.invalid(String.valueOf(malformed.getMessage()));
        }
        BatchCheck.check(batch);
        batch.knownFinite = true;
        return batch;
    }

    static RecordBatch built(ByteBuffer bytes) {
        return new RecordBatch(bytes, true);
    }

    /** Whether no component of an embedding is NaN or infinite. */
    public boolean hasFiniteEmbeddings() {
        if (knownFinite) {
            return true;
        }
        FloatBuffer all = embeddings().asFloatBuffer();
        float[] some = new float[Math.min(all.remaining(), FINITE_STEP)];
        boolean finite = true;
        while (finite && all.hasRemaining()) {
            int count = Math.min(all.remaining(), some.length);
            all.get(some, 0, count);
            finite = Floats.allFinite(some, 0, count);
        }
        return finite;
    }

    public static RecordBatchBuilder builder(Operation operation) {
        return new RecordBatchBuilder(operation);
    }

    public Operation operation() {
        return operation;
    }

    /** How many records; also how many seqIds the batch takes in the log. */
    public int size() {
        return size;
    }

    /** Of the embeddings; 0 when there are none. */
    public int dimension() {
        return dimension;
    }

    public int embeddingCount() {
        return embeddingCount;
    }

    public boolean hasEmbedding(int record) {
        return embeddingRank == null ? embeddingCount > 0 : isSet(record);
    }

    /** Which of the embeddings belongs to this record: the row in {@link #embeddings}; undefined without one. */
    public int embeddingIndex(int record) {
        return embeddingRank == null ? record : embeddingRank[record];
    }

    /** All embeddings: little-endian float32, {@code embeddingCount * dimension} of them, read-only. */
    public ByteBuffer embeddings() {
        return bytes.slice(embeddingsAt, 4 * embeddingCount * dimension).asReadOnlyBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    public void copyEmbedding(int record, float[] target) {
        bytes.slice(embeddingsAt + 4 * dimension * embeddingIndex(record), 4 * dimension)
                .order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(target, 0, dimension);
    }

    byte @Nullable [] idBytesOrNull(int record) {
        return ids.entry(record);
    }

    public byte[] idBytes(int record) {
        byte[] id = ids.entry(record);
        if (id == null) {
            throw new IllegalArgumentException("record " + record + " of the batch has no id");
        }
        return id;
    }

    public String id(int record) {
        return new String(idBytes(record), StandardCharsets.UTF_8);
    }

    public byte @Nullable [] documentBytes(int record) {
        return documents == null ? null : documents.entry(record);
    }

    public @Nullable String document(int record) {
        return text(documentBytes(record));
    }

    public byte @Nullable [] uriBytes(int record) {
        return uris == null ? null : uris.entry(record);
    }

    public @Nullable String uri(int record) {
        return text(uriBytes(record));
    }

    /** As {@link MetadataCodec} encodes it; in an update or upsert with nulls for the keys to remove. */
    public byte @Nullable [] metadataBytes(int record) {
        return metadatas == null ? null : metadatas.entry(record);
    }

    public @Nullable Map<String, MetadataValue> metadata(int record) {
        byte[] encoded = metadataBytes(record);
        return encoded == null ? null : MetadataCodec.decode(encoded);
    }

    /** Checksum of the request that this batch was made from; 0 when the batch is the request. */
    public int origin() {
        return bytes.getInt(ORIGIN_OFFSET);
    }

    /** A copy of the same records for another operation, which is not checked to allow them. */
    public RecordBatch as(Operation other) {
        ByteBuffer copy = ByteBuffer.allocate(bytes.limit());
        copy.put(encoded()).flip();
        copy.put(OPERATION_OFFSET, (byte) other.code());
        return new RecordBatch(copy, knownFinite);
    }

    /** The binary form, read-only. */
    public ByteBuffer encoded() {
        return bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    public int encodedBytes() {
        return bytes.limit();
    }

    private boolean isSet(int record) {
        return (bytes.get(bitmapAt + (record >> 3)) >> (record & 7) & 1) != 0;
    }

    private void rankEmbeddings(int[] rank) {
        int count = 0;
        for (int i = 0; i < size; i++) {
            rank[i] = count;
            count += isSet(i) ? 1 : 0;
        }
        check(count == embeddingCount, "has a bitmap that does not match its number of embeddings");
    }

    private static @Nullable String text(byte @Nullable [] utf8) {
        return utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
    }

    static long pad(long at) {
        return at + 3 & ~3L;
    }

    private static void check(boolean ok, String what) {
        if (!ok) {
            throw new IllegalArgumentException("malformed batch: it " + what);
        }
    }

    /** One variable-length column over the batch's bytes, validated when made. */
    private static final class Column {
        private final ByteBuffer bytes;
        private final int endsAt;
        private final int bodyAt;
        final long endAt;

        Column(ByteBuffer bytes, long at, int size) {
            this.bytes = bytes;
            long body = at + 4L * size;
            check(body <= bytes.limit(), "ends inside a column");
            this.endsAt = (int) at;
            this.bodyAt = (int) body;
            int previous = 0;
            for (int i = 0; i < size; i++) {
                int raw = bytes.getInt(endsAt + 4 * i);
                int end = raw & ~NULL_BIT;
                check(end >= previous, "has column offsets that go back");
                check(raw >= 0 || end == previous, "has a null entry with content");
                previous = end;
            }
            this.endAt = pad(body + previous);
            check(endAt <= bytes.limit(), "ends inside a column");
        }

        byte @Nullable [] entry(int record) {
            int raw = bytes.getInt(endsAt + 4 * record);
            if (raw < 0) {
                return null;
            }
            int start = record == 0 ? 0 : bytes.getInt(endsAt + 4 * (record - 1)) & ~NULL_BIT;
            byte[] entry = new byte[raw - start];
            bytes.get(bodyAt + start, entry);
            return entry;
        }
    }
}
