package io.forebay.etl.commit;

import io.forebay.model.MetadataCodec;
import io.forebay.model.MetadataValue;
import io.forebay.model.Sha256;
import io.forebay.model.StoredRecord;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The one binary form of a row, and its SHA-256, by which it is kept. What a record is called is not part of it. Two records
 * that read back alike have the same form: metadata is ordered by key, and what the engine does not keep (nulls, empty
 * arrays, an empty map) is left out. Numbers are kept bit for bit.
 * <pre>
 *   version:1 = 1 | flags:1 | [length:4 document] | [length:4 uri] | [length:4 metadata] | [dimension:4 float32...]
 *   flags = 1 document | 2 uri | 4 metadata | 8 embedding            all little-endian
 * </pre>
 * Text is UTF-8, metadata as {@link MetadataCodec} writes it. The form is part of every row's hash: a change of it needs a
 * new version, under which a row has another hash.
 */
final class CanonicalRow {
    static final int HASH_BYTES = 32;
    private static final byte VERSION = 1;
    private static final int DOCUMENT = 1;
    private static final int URI = 2;
    private static final int METADATA = 4;
    private static final int EMBEDDING = 8;

    private CanonicalRow() {}

    static byte[] encode(StoredRecord row) {
        byte[] document = utf8(row.document());
        byte[] uri = utf8(row.uri());
        byte[] metadata = metadata(row.metadata());
        float[] embedding = row.embedding();
        int size = 2 + size(document) + size(uri) + size(metadata)
                + (embedding == null ? 0 : 4 + 4 * embedding.length);
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.put(VERSION).put((byte) ((document == null ? 0 : DOCUMENT) | (uri == null ? 0 : URI)
                | (metadata == null ? 0 : METADATA) | (embedding == null ? 0 : EMBEDDING)));
        put(out, document);
        put(out, uri);
        put(out, metadata);
        if (embedding != null) {
            out.putInt(embedding.length);
            out.asFloatBuffer().put(embedding);
        }
        return out.array();
    }

    /** @throws IllegalArgumentException when the bytes are not exactly one row */
    static StoredRecord decode(String id, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new IllegalArgumentException("version " + version + "; this Forebay knows " + VERSION);
            }
            int flags = in.get();
            byte[] document = (flags & DOCUMENT) == 0 ? null : bytes(in);
            byte[] uri = (flags & URI) == 0 ? null : bytes(in);
            byte[] metadata = (flags & METADATA) == 0 ? null : bytes(in);
            float[] embedding = (flags & EMBEDDING) == 0 ? null : floats(in);
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(in.remaining() + " bytes left over");
            }
            return new StoredRecord(id, embedding, metadata == null ? null : MetadataCodec.decode(metadata),
                    text(document), text(uri));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("ends early", e);
        }
    }

    static byte[] hash(byte[] canonical) {
        return Sha256.digest().digest(canonical);
    }

    private static byte @Nullable [] metadata(@Nullable Map<String, MetadataValue> metadata) {
        if (metadata == null) {
            return null;
        }
        TreeMap<String, MetadataValue> kept = new TreeMap<>(metadata);
        kept.values().removeIf(CanonicalRow::isNothing);
        return kept.isEmpty() ? null : MetadataCodec.encode(kept);
    }

    private static boolean isNothing(MetadataValue value) {
        return switch (value) {
            case MetadataValue.Null none -> true;
            case MetadataValue.StrArray array -> array.values().isEmpty();
            case MetadataValue.IntArray array -> array.values().isEmpty();
            case MetadataValue.FloatArray array -> array.values().isEmpty();
            case MetadataValue.BoolArray array -> array.values().isEmpty();
            default -> false;
        };
    }

    private static int size(byte @Nullable [] field) {
        return field == null ? 0 : 4 + field.length;
    }

    private static void put(ByteBuffer out, byte @Nullable [] field) {
        if (field != null) {
            out.putInt(field.length).put(field);
        }
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] field = new byte[length(in, 1)];
        in.get(field);
        return field;
    }

    private static float[] floats(ByteBuffer in) {
        float[] values = new float[length(in, Float.BYTES)];
        in.asFloatBuffer().get(values);
        in.position(in.position() + Float.BYTES * values.length);
        return values;
    }

    private static int length(ByteBuffer in, int unit) {
        int length = in.getInt();
        if (length < 0 || (long) length * unit > in.remaining()) {
            throw new IllegalArgumentException("a field of " + length + " at offset " + in.position());
        }
        return length;
    }

    private static byte @Nullable [] utf8(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String text(byte @Nullable [] utf8) {
        return utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
    }
}
