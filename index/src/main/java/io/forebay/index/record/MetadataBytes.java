package io.forebay.index.record;

import io.forebay.model.MetadataCodec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks encoded metadata without decoding it.
 *
 * <p>Invariants: what is stored is canonical: exactly one map, at least one entry, no null, no empty array,
 * no key twice. {@link #canonical} sees to that once, when a record is written; filters rely on it.
 */
final class MetadataBytes {
    /** Above this many keys, looking for equal ones pair by pair costs more than decoding. */
    private static final int PAIRWISE_KEYS_MAX = 16;

    private MetadataBytes() {}

    /**
     * The stored form of metadata given at insertion; the same array when it is canonical, null when nothing
     * is left. What this walk cannot vouch for is left to the codec to take or refuse.
     *
     * @throws IllegalArgumentException when it is not exactly one well-formed map
     */
    static byte @Nullable [] canonical(byte[] encoded) {
        boolean canonical;
        try {
            canonical = isCanonical(encoded);
        } catch (IllegalArgumentException e) {
            canonical = false;
        }
        return canonical ? encoded : MetadataCodec.merge(null, encoded);
    }

    private static boolean isCanonical(byte[] encoded) {
        int count = varint(encoded, 0);
        if (count == 0 || count > PAIRWISE_KEYS_MAX) {
            return false;
        }
        int at = Varint.length(count);
        int firstKey = at;
        boolean canonical = true;
        for (int i = 0; i < count; i++) {
            int keyLength = varint(encoded, at);
            int keyAt = at + Varint.length(keyLength);
            int tagAt = keyAt + keyLength;
            need(encoded, keyAt, keyLength + 1L);
            canonical &= !isNullOrEmpty(encoded, tagAt)
                    && !hasKeyBefore(encoded, firstKey, i, keyAt, keyLength);
            at = checkedSkip(encoded, tagAt);
        }
        if (at != encoded.length) {
            throw new IllegalArgumentException("metadata has bytes left over at offset " + at);
        }
        return canonical;
    }

    private static boolean isNullOrEmpty(byte[] encoded, int tagAt) {
        byte tag = encoded[tagAt];
        return tag == MetadataCodec.TAG_NULL
                || tag >= MetadataCodec.TAG_STRING_ARRAY && tag <= MetadataCodec.TAG_BOOL_ARRAY
                        && varint(encoded, tagAt + 1) == 0;
    }

    private static boolean hasKeyBefore(byte[] encoded, int from, int count, int keyAt, int keyLength) {
        int at = from;
        for (int i = 0; i < count; i++) {
            int length = Varint.read(encoded, at);
            int start = at + Varint.length(length);
            if (length == keyLength
                    && Arrays.equals(encoded, start, start + length, encoded, keyAt, keyAt + length)) {
                return true;
            }
            at = skip(encoded, start + length);
        }
        return false;
    }

    /**
     * The place behind the value whose tag is here; for stored metadata, which was checked when it was
     * written.
     */
    static int skip(byte[] encoded, int tagAt) {
        int at = tagAt + 1;
        switch (encoded[tagAt]) {
            case MetadataCodec.TAG_STRING : {
                int length = Varint.read(encoded, at);
                return at + Varint.length(length) + length;
            }
            case MetadataCodec.TAG_INT, MetadataCodec.TAG_FLOAT :
                return at + 8;
            case MetadataCodec.TAG_NULL, MetadataCodec.TAG_FALSE, MetadataCodec.TAG_TRUE :
                return at;
            case MetadataCodec.TAG_SPARSE : {
                int count = Varint.read(encoded, at);
                return skipStrings(encoded, at + Varint.length(count) + 8 * count);
            }
            default :
                return skipArray(encoded, tagAt);
        }
    }

    /** A list of strings, from its count on. */
    private static int skipStrings(byte[] encoded, int countAt) {
        int count = Varint.read(encoded, countAt);
        int at = countAt + Varint.length(count);
        for (int i = 0; i < count; i++) {
            int length = Varint.read(encoded, at);
            at += Varint.length(length) + length;
        }
        return at;
    }

    private static int skipArray(byte[] encoded, int tagAt) {
        int count = Varint.read(encoded, tagAt + 1);
        int at = tagAt + 1 + Varint.length(count);
        switch (encoded[tagAt]) {
            case MetadataCodec.TAG_STRING_ARRAY :
                return skipStrings(encoded, tagAt + 1);
            case MetadataCodec.TAG_INT_ARRAY, MetadataCodec.TAG_FLOAT_ARRAY :
                return at + 8 * count;
            case MetadataCodec.TAG_BOOL_ARRAY :
                return at + count;
            default :
                throw new IllegalArgumentException("unknown metadata tag " + encoded[tagAt]);
        }
    }

    /** As {@link #skip}, trusting nothing. */
    private static int checkedSkip(byte[] encoded, int tagAt) {
        int at = tagAt + 1;
        byte tag = encoded[tagAt];
        if (tag == MetadataCodec.TAG_NULL || tag == MetadataCodec.TAG_FALSE
                || tag == MetadataCodec.TAG_TRUE) {
            return at;
        }
        if (tag == MetadataCodec.TAG_INT || tag == MetadataCodec.TAG_FLOAT) {
            return need(encoded, at, 8);
        }
        int count = varint(encoded, at);
        at += Varint.length(count);
        switch (tag) {
            case MetadataCodec.TAG_STRING, MetadataCodec.TAG_BOOL_ARRAY :
                return need(encoded, at, count);
            case MetadataCodec.TAG_INT_ARRAY, MetadataCodec.TAG_FLOAT_ARRAY :
                return need(encoded, at, 8L * count);
            case MetadataCodec.TAG_STRING_ARRAY :
                return checkedStrings(encoded, at, count);
            case MetadataCodec.TAG_SPARSE :
                return checkedSparse(encoded, at, count);
            default :
                throw new IllegalArgumentException("unknown metadata tag " + tag);
        }
    }

    private static int checkedStrings(byte[] encoded, int from, int count) {
        int at = from;
        for (int i = 0; i < count; i++) {
            int length = varint(encoded, at);
            at = need(encoded, at + Varint.length(length), length);
        }
        return at;
    }

    private static int checkedSparse(byte[] encoded, int from, int count) {
        int countAt = need(encoded, from, 8L * count);
        for (int i = 0; i < count; i++) {
            int at = from + 4 * i;
            float value = Float.intBitsToFloat((int) Keys.INT_LE.get(encoded, at + 4 * count));
            if (!Float.isFinite(value) || i > 0 && Integer.compareUnsigned(
                    (int) Keys.INT_LE.get(encoded, at - 4), (int) Keys.INT_LE.get(encoded, at)) >= 0) {
                throw new IllegalArgumentException("a sparse vector is not in order at offset " + at);
            }
        }
        int tokens = varint(encoded, countAt);
        if (tokens != 0 && tokens != count) {
            throw new IllegalArgumentException(tokens + " tokens for " + count + " indices");
        }
        return checkedStrings(encoded, countAt + Varint.length(tokens), tokens);
    }

    /** A checked varint: within the array, not negative, not padded. */
    private static int varint(byte[] encoded, int at) {
        int value = 0;
        for (int i = 0; i < 5; i++) {
            need(encoded, at + i, 1);
            byte b = encoded[at + i];
            value |= (b & 0x7f) << 7 * i;
            if (b >= 0) {
                if (value < 0 || Varint.length(value) != i + 1) {
                    break;
                }
                return value;
            }
        }
        throw new IllegalArgumentException("malformed varint in metadata at offset " + at);
    }

    private static int need(byte[] encoded, int at, long count) {
        if (count > encoded.length - at) {
            throw new IllegalArgumentException(
                    "metadata ends early: " + count + " bytes wanted at offset " + at);
        }
        return (int) (at + count);
    }
}
