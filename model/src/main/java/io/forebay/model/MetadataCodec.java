package io.forebay.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of a metadata map, inside batches and in the record segment. Order of keys is kept.
 *
 * <pre>
 *   map    = count:varint entry*
 *   entry  = keyLength:varint key:utf8 tag:1 value
 *   value  = tag 0 null    (nothing)         1 string   length:varint utf8
 *                2 int     8 bytes LE        3 float    8 bytes LE (IEEE 754 bits)
 *                4 false   (nothing)         5 true     (nothing)
 *                6 string[] count:varint (length:varint utf8)*
 *                7 int[]    count:varint 8 bytes LE each
 *                8 float[]  count:varint 8 bytes LE each
 *                9 bool[]   count:varint 1 byte each
 *               10 sparse   count:varint (index:4 LE unsigned, strictly ascending)* (value:4 LE, float32, finite)*
 *                           tokens:varint (length:varint utf8)*                     tokens are 0 or count
 * </pre>
 * Tags are part of the format. Varints are LEB128, unsigned, at most 5 bytes.
 *
 * <p>Failure: bytes that do not parse exactly raise {@link IllegalArgumentException}; nothing is read beyond the
 * array.
 */
public final class MetadataCodec {
    public static final byte TAG_NULL = 0;
    public static final byte TAG_STRING = 1;
    public static final byte TAG_INT = 2;
    public static final byte TAG_FLOAT = 3;
    public static final byte TAG_FALSE = 4;
    public static final byte TAG_TRUE = 5;
    public static final byte TAG_STRING_ARRAY = 6;
    public static final byte TAG_INT_ARRAY = 7;
    public static final byte TAG_FLOAT_ARRAY = 8;
    public static final byte TAG_BOOL_ARRAY = 9;
    public static final byte TAG_SPARSE = 10;

    private MetadataCodec() {}

    public static byte[] encode(Map<String, MetadataValue> metadata) {
        ByteSink out = new ByteSink(64);
        encode(metadata, out);
        return out.toByteArray();
    }

    static void encode(Map<String, MetadataValue> metadata, ByteSink out) {
        out.putVarint(metadata.size());
        for (Map.Entry<String, MetadataValue> entry : metadata.entrySet()) {
            out.putString(entry.getKey());
            encodeValue(entry.getValue(), out);
        }
    }

    private static void encodeValue(MetadataValue value, ByteSink out) {
        if (value instanceof MetadataValue.Str s) {
            out.putByte(TAG_STRING);
            out.putString(s.value());
        } else if (value instanceof MetadataValue.Int i) {
            out.putByte(TAG_INT);
            out.putLong(i.value());
        } else if (value instanceof MetadataValue.Float f) {
            out.putByte(TAG_FLOAT);
            out.putLong(Double.doubleToRawLongBits(f.value()));
        } else if (value instanceof MetadataValue.Bool b) {
            out.putByte(b.value() ? TAG_TRUE : TAG_FALSE);
        } else if (value instanceof MetadataValue.Null) {
            out.putByte(TAG_NULL);
        } else if (value instanceof MetadataValue.Sparse s) {
            encodeSparse(s.vector(), out);
        } else {
            encodeArray(value, out);
        }
    }

    private static void encodeSparse(SparseVector vector, ByteSink out) {
        header(TAG_SPARSE, vector.size(), out);
        for (int index : vector.indices()) {
            out.putInt(index);
        }
        for (float value : vector.values()) {
            out.putInt(Float.floatToRawIntBits(value));
        }
        List<String> tokens = vector.tokens() == null ? List.of() : vector.tokens();
        out.putVarint(tokens.size());
        tokens.forEach(out::putString);
    }

    private static void encodeArray(MetadataValue value, ByteSink out) {
        if (value instanceof MetadataValue.StrArray a) {
            header(TAG_STRING_ARRAY, a.values().size(), out);
            a.values().forEach(out::putString);
        } else if (value instanceof MetadataValue.IntArray a) {
            header(TAG_INT_ARRAY, a.values().size(), out);
            a.values().forEach(out::putLong);
        } else if (value instanceof MetadataValue.FloatArray a) {
            header(TAG_FLOAT_ARRAY, a.values().size(), out);
            a.values().forEach(v -> out.putLong(Double.doubleToRawLongBits(v)));
        } else if (value instanceof MetadataValue.BoolArray a) {
            header(TAG_BOOL_ARRAY, a.values().size(), out);
            a.values().forEach(v -> out.putByte((byte) (v ? 1 : 0)));
        }
    }

    private static void header(byte tag, int count, ByteSink out) {
        out.putByte(tag);
        out.putVarint(count);
    }

    /** @throws IllegalArgumentException when the bytes are not exactly one map */
    public static Map<String, MetadataValue> decode(byte[] bytes) {
        ByteSource in = new ByteSource(bytes, 0, bytes.length);
        int count = in.varint();
        Map<String, MetadataValue> metadata = new LinkedHashMap<>(Math.min(count, 1024) * 2);
        for (int i = 0; i < count; i++) {
            String key = in.string();
            metadata.put(key, decodeValue(in));
        }
        in.expectEnd();
        return metadata;
    }

    private static MetadataValue decodeValue(ByteSource in) {
        byte tag = in.next();
        return switch (tag) {
            case TAG_NULL -> MetadataValue.NULL;
            case TAG_STRING -> new MetadataValue.Str(in.string());
            case TAG_INT -> new MetadataValue.Int(in.int64());
            case TAG_FLOAT -> new MetadataValue.Float(Double.longBitsToDouble(in.int64()));
            case TAG_FALSE -> MetadataValue.FALSE;
            case TAG_TRUE -> MetadataValue.TRUE;
            case TAG_STRING_ARRAY -> new MetadataValue.StrArray(list(in, ByteSource::string));
            case TAG_INT_ARRAY -> new MetadataValue.IntArray(list(in, ByteSource::int64));
            case TAG_FLOAT_ARRAY -> new MetadataValue.FloatArray(
                    list(in, s -> Double.longBitsToDouble(s.int64())));
            case TAG_BOOL_ARRAY -> new MetadataValue.BoolArray(list(in, s -> s.next() != 0));
            case TAG_SPARSE -> new MetadataValue.Sparse(sparse(in));
            default -> throw new IllegalArgumentException("unknown metadata tag " + tag);
        };
    }

    private static SparseVector sparse(ByteSource in) {
        int count = in.varint();
        in.need(8L * count);
        int[] indices = new int[count];
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            indices[i] = in.int32();
        }
        for (int i = 0; i < count; i++) {
            values[i] = Float.intBitsToFloat(in.int32());
        }
        return new SparseVector(indices, values, list(in, ByteSource::string));
    }

    private static <T> List<T> list(ByteSource in, Function<ByteSource, T> element) {
        int count = in.varint();
        List<T> values = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            values.add(element.apply(in));
        }
        return values;
    }

    /**
     * The stored form after an upsert or update: {@code change} laid over {@code stored}; a null value removes its
     * key. Returns null when nothing is left, which reads back as no metadata.
     */
    public static byte @Nullable [] merge(
            byte @Nullable [] stored, byte[] change) {
        Map<String, MetadataValue> merged = stored == null ? new LinkedHashMap<>() : decode(stored);
        decode(change).forEach((key, value) -> {
            if (value instanceof MetadataValue.Null || isEmptyArray(value)) {
                merged.remove(key);
            } else {
                merged.put(key, value);
            }
        });
        return merged.isEmpty() ? null : encode(merged);
    }

    /** An empty array is stored as nothing, as Chroma does. */
    static boolean isEmptyArray(MetadataValue value) {
        return value instanceof MetadataValue.StrArray a && a.values().isEmpty()
                || value instanceof MetadataValue.IntArray b && b.values().isEmpty()
                || value instanceof MetadataValue.FloatArray c && c.values().isEmpty()
                || value instanceof MetadataValue.BoolArray d && d.values().isEmpty();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
