package io.forebay.index.record;

import java.util.Arrays;

/**
 * Writes the keys of postings, up to their chunk, into one buffer: a <b>term</b> is a value that records have under a
 * metadata key, or a trigram that their documents have. Part of the format:
 * <pre>
 *   term = collection:4 | fieldLength:varint field:utf8 | type:1 | value
 *   type = 1 number      ordered double:8 BE | rest:2 BE     2 string       length:1 (at most 64) utf8
 *          3 long string first 56 bytes | hash:8 BE          4 bool         0 or 1
 *          5, 6 the first 2, the first 3 bytes of a number   7 sparse       index:4 BE
 *          8 rows of which not all terms of the field are here      17 to 20      an array has such an element
 *   field of length 0: 0 state (see PostingState)   1 dead rows   2 trigram, 3 bytes of a document's UTF-8
 *                      3 rows with documents that have no trigrams here
 * </pre>
 * Numbers: the largest double that is not above the number, with its bits turned so that byte order is numeric order,
 * and by how much the number exceeds it, which is not 0 for large integers only. So 2 and 2.0 are one term, 2^53 and
 * 2^53 + 1 are two, and order is exact. A number has three terms, of 2, 3 and all its bytes: a wide range is a few short
 * terms and, at its ends, longer ones (as in a trie; Schindler and Diepenbroek, "Generic XML-based framework for metadata
 * portals", 2008, do the same in Lucene). NaN is no term, for it equals nothing. A long string's term may stand for
 * other strings too. A metadata key of more than {@value #FIELD_BYTES_MAX} bytes has no terms at all.
 *
 * <p>Not thread-safe.
 */
final class Terms {
    static final byte NUMBER = 1;
    static final byte STRING = 2;
    static final byte LONG_STRING = 3;
    static final byte BOOL = 4;
    static final byte NUMBER_2 = 5;
    static final byte NUMBER_3 = 6;
    /** One index of a sparse vector; its postings have weights, see {@link WeightBlocks}. */
    static final byte SPARSE = 7;
    /** Rows that a filter on this key must look at: not all of their values' terms were written. */
    static final byte OPEN = 8;
    /** Added to the type of an array's elements. */
    static final byte IN_ARRAY = 16;

    static final byte STATE = 0;
    static final byte DEAD = 1;
    static final byte GRAM = 2;
    static final byte LONG_DOCUMENT = 3;

    /** Each term holds its key again, so that a long one would be written as often as an array has elements. */
    static final int FIELD_BYTES_MAX = 256;

    static final int NUMBER_BYTES = 10;
    static final int STRING_BYTES_MAX = 64;
    private static final int LONG_STRING_PREFIX = 56;

    private byte[] bytes = new byte[128];
    private int length;
    private int valueAt;

    Terms(int collection) {
        Keys.INT_BE.set(bytes, 0, collection);
    }

    /** Begins a term of this field. */
    Terms field(byte[] source, int at, int count) {
        ensure(Keys.PREFIX_BYTES + 5 + count + LONG_STRING_PREFIX + 32);
        int place = Varint.write(bytes, Keys.PREFIX_BYTES, count);
        System.arraycopy(source, at, bytes, place, count);
        valueAt = place + count;
        return this;
    }

    Terms field(byte[] name) {
        return field(name, 0, name.length);
    }

    private Terms collection() {
        bytes[Keys.PREFIX_BYTES] = 0;
        valueAt = Keys.PREFIX_BYTES + 1;
        return this;
    }

    void state() {
        collection().type(STATE);
    }

    void dead() {
        collection().type(DEAD);
    }

    void longDocument() {
        collection().type(LONG_DOCUMENT);
    }

    void gram(int gram) {
        collection().type(GRAM);
        bytes[length++] = (byte) (gram >>> 16);
        bytes[length++] = (byte) (gram >>> 8);
        bytes[length++] = (byte) gram;
    }

    void integer(long value, byte more) {
        double below = value;
        if (Numbers.compare(value, below) < 0) {
            below = Math.nextDown(below);
        }
        number(below, (int) (value - (long) below), more);
    }

    /** The number must not be NaN. */
    void real(double value, byte more) {
        number(value, 0, more);
    }

    private void number(double value, int rest, byte more) {
        type((byte) (NUMBER + more));
        // Adding 0.0 makes one zero of the two.
        long bits = Double.doubleToRawLongBits(value + 0.0);
        Keys.LONG_BE.set(bytes, length, bits ^ (bits >> 63 | Long.MIN_VALUE));
        bytes[length + 8] = (byte) (rest >>> 8);
        bytes[length + 9] = (byte) rest;
        length += NUMBER_BYTES;
    }

    /** Of a number that was just written: a shorter term of its first bytes. */
    void shortened(byte shortType) {
        bytes[valueAt] = shortType;
        length = valueAt + 1 + bytes(shortType);
    }

    /** How many bytes the value of a number's term has. */
    static int bytes(byte numberType) {
        return numberType == NUMBER ? NUMBER_BYTES : numberType == NUMBER_2 ? 2 : 3;
    }

    /** False when the term may stand for other strings too. */
    boolean string(byte[] source, int at, int count, byte more) {
        if (count <= STRING_BYTES_MAX) {
            type((byte) (STRING + more));
            bytes[length++] = (byte) count;
            System.arraycopy(source, at, bytes, length, count);
            length += count;
            return true;
        }
        type((byte) (LONG_STRING + more));
        System.arraycopy(source, at, bytes, length, LONG_STRING_PREFIX);
        length += LONG_STRING_PREFIX;
        Keys.LONG_BE.set(bytes, length, TermTable.hash(source, at, count));
        length += 8;
        return false;
    }

    void bool(boolean value, byte more) {
        type((byte) (BOOL + more));
        bytes[length++] = (byte) (value ? 1 : 0);
    }

    void sparse(int index) {
        type(SPARSE);
        Keys.INT_BE.set(bytes, length, index);
        length += 4;
    }

    /** Whether the term that begins here is one of a sparse vector. */
    static boolean isSparse(byte[] key, int from) {
        int at = from + Keys.PREFIX_BYTES;
        int fieldLength = Varint.read(key, at);
        return fieldLength > 0 && key[at + Varint.length(fieldLength) + fieldLength] == SPARSE;
    }

    /** Begins a value of this type, which other writers may complete. */
    void type(byte type) {
        bytes[valueAt] = type;
        length = valueAt + 1;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void ensure(int needed) {
        if (bytes.length < needed) {
            bytes = Arrays.copyOf(bytes, needed * 2);
        }
    }
}
