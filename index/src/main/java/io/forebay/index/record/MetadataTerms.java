package io.forebay.index.record;

import io.forebay.model.MetadataCodec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the terms of encoded metadata, without decoding it, and notes who gains and who loses them.
 *
 * <p>Not thread-safe; owned by one applier or upkeep.
 */
final class MetadataTerms {
    /** Above this many keys, all terms are taken and given again, instead of comparing key by key. */
    private static final int COMPARED_KEYS_MAX = 64;
    /** Of an array or a sparse vector. */
    static final int ELEMENTS_MAX = 4096;
    private static final int TERM_BYTES_MAX = 64 << 20;

    private final Terms terms;
    private final PendingPostings postings;
    private int[] before = new int[3 * COMPARED_KEYS_MAX];
    private int[] after = new int[3 * COMPARED_KEYS_MAX];
    private boolean removing;
    private int row;

    MetadataTerms(Terms terms, PendingPostings postings) {
        this.terms = terms;
        this.postings = postings;
    }

    /** The row has this metadata now; both in canonical form. */
    void change(byte @Nullable [] old, byte @Nullable [] now, int changedRow) {
        row = changedRow;
        if (old == null || now == null || Varint.read(old, 0) > COMPARED_KEYS_MAX
                || Varint.read(now, 0) > COMPARED_KEYS_MAX) {
            all(old, true);
            all(now, false);
        } else if (!Arrays.equals(old, now)) {
            int oldCount = entries(old, before);
            int nowCount = entries(now, after);
            differing(old, before, oldCount, now, after, nowCount, true);
            differing(now, after, nowCount, old, before, oldCount, false);
        }
    }

    private void all(byte @Nullable [] metadata, boolean remove) {
        if (metadata == null) {
            return;
        }
        removing = remove;
        int count = Varint.read(metadata, 0);
        int at = Varint.length(count);
        for (int i = 0; i < count; i++) {
            int length = Varint.read(metadata, at);
            int keyAt = at + Varint.length(length);
            at = value(metadata, keyAt, keyAt + length);
        }
    }

    /** Notes for each entry where its key, its tag and its end are. */
    private static int entries(byte[] metadata, int[] places) {
        int count = Varint.read(metadata, 0);
        int at = Varint.length(count);
        for (int i = 0; i < count; i++) {
            int length = Varint.read(metadata, at);
            int keyAt = at + Varint.length(length);
            at = MetadataBytes.skip(metadata, keyAt + length);
            places[3 * i] = keyAt;
            places[3 * i + 1] = keyAt + length;
            places[3 * i + 2] = at;
        }
        return count;
    }

    private void differing(byte[] mine, int[] places, int count, byte[] others, int[] otherPlaces,
            int otherCount, boolean remove) {
        removing = remove;
        for (int i = 0; i < count; i++) {
            int keyAt = places[3 * i];
            // Key, tag and value are one stretch of bytes; the length of the key comes before it.
            if (!isAmong(mine, keyAt, places[3 * i + 1], places[3 * i + 2], others, otherPlaces, otherCount,
                    i)) {
                value(mine, keyAt, places[3 * i + 1]);
            }
        }
    }

    private static boolean isAmong(byte[] mine, int keyAt, int tagAt, int end, byte[] others, int[] places,
            int count, int likely) {
        for (int n = 0; n < count; n++) {
            int i = 3 * ((likely + n) % count);
            if (places[i + 1] - places[i] == tagAt - keyAt
                    && Arrays.equals(mine, keyAt, end, others, places[i], places[i + 2])) {
                return true;
            }
        }
        return false;
    }

    /** Returns the place behind the value. */
    private int value(byte[] metadata, int keyAt, int tagAt) {
        if (tagAt - keyAt > Terms.FIELD_BYTES_MAX) {
            return MetadataBytes.skip(metadata, tagAt);
        }
        terms.field(metadata, keyAt, tagAt - keyAt);
        byte tag = metadata[tagAt];
        switch (tag) {
            case MetadataCodec.TAG_STRING : {
                int length = Varint.read(metadata, tagAt + 1);
                int from = tagAt + 1 + Varint.length(length);
                terms.string(metadata, from, length, (byte) 0);
                note();
                return from + length;
            }
            case MetadataCodec.TAG_INT, MetadataCodec.TAG_FLOAT :
                number(tag == MetadataCodec.TAG_INT, metadata, tagAt + 1, (byte) 0);
                return tagAt + 9;
            case MetadataCodec.TAG_FALSE, MetadataCodec.TAG_TRUE :
                terms.bool(tag == MetadataCodec.TAG_TRUE, (byte) 0);
                note();
                return tagAt + 1;
            case MetadataCodec.TAG_STRING_ARRAY, MetadataCodec.TAG_INT_ARRAY, MetadataCodec.TAG_FLOAT_ARRAY,
                    MetadataCodec.TAG_BOOL_ARRAY :
                return isLeftOpen(metadata, tagAt)
                        ? MetadataBytes.skip(metadata, tagAt)
                        : array(metadata, tagAt);
            case MetadataCodec.TAG_SPARSE :
                if (!isLeftOpen(metadata, tagAt)) {
                    sparse(metadata, tagAt + 1);
                }
                return MetadataBytes.skip(metadata, tagAt);
            default :
                return MetadataBytes.skip(metadata, tagAt);
        }
    }

    /**
     * Very many elements, or a commit that holds very many terms already: the row is noted as one that filters must look at,
     * and stays so, for terms may be left behind too.
     */
    private boolean isLeftOpen(byte[] metadata, int tagAt) {
        boolean isOpen = Varint.read(metadata, tagAt + 1) > ELEMENTS_MAX
                || postings.termBytes() > TERM_BYTES_MAX;
        if (isOpen) {
            terms.type(Terms.OPEN);
            postings.add(terms, row);
        }
        return isOpen;
    }

    private void sparse(byte[] metadata, int countAt) {
        int count = Varint.read(metadata, countAt);
        int at = countAt + Varint.length(count);
        for (int i = 0; i < count; i++, at += 4) {
            terms.sparse((int) Keys.INT_LE.get(metadata, at));
            if (removing) {
                postings.remove(terms, row);
            } else {
                postings.add(terms, row,
                        Float.intBitsToFloat((int) Keys.INT_LE.get(metadata, at + 4 * count)));
            }
        }
    }

    private int array(byte[] metadata, int tagAt) {
        byte tag = metadata[tagAt];
        int count = Varint.read(metadata, tagAt + 1);
        int at = tagAt + 1 + Varint.length(count);
        for (int i = 0; i < count; i++) {
            switch (tag) {
                case MetadataCodec.TAG_STRING_ARRAY -> {
                    int length = Varint.read(metadata, at);
                    at += Varint.length(length);
                    terms.string(metadata, at, length, Terms.IN_ARRAY);
                    note();
                    at += length;
                }
                case MetadataCodec.TAG_BOOL_ARRAY -> {
                    terms.bool(metadata[at++] != 0, Terms.IN_ARRAY);
                    note();
                }
                default -> {
                    number(tag == MetadataCodec.TAG_INT_ARRAY, metadata, at, Terms.IN_ARRAY);
                    at += 8;
                }
            }
        }
        return at;
    }

    private void number(boolean isInt, byte[] metadata, int at, byte more) {
        long bits = (long) Keys.LONG_LE.get(metadata, at);
        double real = Double.longBitsToDouble(bits);
        if (isInt) {
            terms.integer(bits, more);
        } else if (Double.isNaN(real)) {
            return;
        } else {
            terms.real(real, more);
        }
        note();
        if (more == 0) {
            terms.shortened(Terms.NUMBER_3);
            note();
            terms.shortened(Terms.NUMBER_2);
            note();
        }
    }

    private void note() {
        if (removing) {
            postings.remove(terms, row);
        } else {
            postings.add(terms, row);
        }
    }
}
