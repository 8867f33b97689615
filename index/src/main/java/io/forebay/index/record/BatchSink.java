package io.forebay.index.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes the serialised form of a RocksDB write batch into one growing array, so that a thousand puts cross
 * into native code as one call. The form is RocksDB's own (it is what its log holds) and has been stable for
 * ten years:
 * <pre>
 *   sequence:8 = 0 | count:4 LE | entry*
 *   entry = 5 (put) family:varint (length:varint key) (length:varint value)
 *         | 4 (delete) family:varint (length:varint key)
 *         | 6 (merge) as put
 * </pre>
 * Not thread-safe.
 */
final class BatchSink {
    private static final int HEADER_BYTES = 12;
    private static final byte PUT = 5;
    private static final byte DELETE = 4;
    private static final byte MERGE = 6;
    private static final int BYTES_MAX = Integer.MAX_VALUE - 64;

    private byte[] bytes = new byte[64 << 10];
    private int size = HEADER_BYTES;
    private int entries;

    int size() {
        return size;
    }

    int entries() {
        return entries;
    }

    boolean isEmpty() {
        return entries == 0;
    }

    /** Takes back everything that was written after this size and number of entries. */
    void truncate(int toSize, int toEntries) {
        size = toSize;
        entries = toEntries;
    }

    void clear() {
        truncate(HEADER_BYTES, 0);
        if (bytes.length > 16 << 20) {
            bytes = new byte[1 << 20];
        }
    }

    byte[] toByteArray() {
        Keys.INT_LE.set(bytes, 8, entries);
        return Arrays.copyOf(bytes, size);
    }

    void put(int family, byte[] key, byte[] value) {
        ensure(16L + key.length + value.length);
        start(PUT, family);
        array(key);
        array(value);
    }

    void delete(int family, byte[] key) {
        ensure(16L + key.length);
        start(DELETE, family);
        array(key);
    }

    void putId(int family, int collection, byte[] id, int row) {
        ensure(24L + id.length);
        start(PUT, family);
        idKey(collection, id);
        varint(4);
        Keys.INT_BE.set(bytes, size, row);
        size += 4;
    }

    void deleteId(int family, int collection, byte[] id) {
        ensure(24L + id.length);
        start(DELETE, family);
        idKey(collection, id);
    }

    void putRow(int family, int collection, int row, byte[] value) {
        ensure(24L + value.length);
        start(PUT, family);
        rowKey(collection, row);
        array(value);
    }

    void deleteRow(int family, int collection, int row) {
        ensure(24);
        start(DELETE, family);
        rowKey(collection, row);
    }

    /** In the form that {@link RecordValue} draws. */
    void putRecord(int family, int collection, int row, int ordinal, byte[] id, boolean hasDocument,
            byte @Nullable [] uri, byte @Nullable [] metadata) {
        int length = RecordValue.bytes(id, uri, metadata);
        ensure(32L + length);
        start(PUT, family);
        rowKey(collection, row);
        varint(length);
        size = RecordValue.write(bytes, size, ordinal, id, hasDocument, uri, metadata);
    }

    /** To the posting whose term is {@code terms[from, to)}. */
    void merge(int family, byte[] terms, int from, int to, int chunk, byte[] value, int length) {
        ensure(24L + to - from + length);
        start(MERGE, family);
        varint(to - from + Keys.CHUNK_BYTES);
        System.arraycopy(terms, from, bytes, size, to - from);
        size += to - from;
        Keys.chunk(bytes, size, chunk);
        size += Keys.CHUNK_BYTES;
        varint(length);
        System.arraycopy(value, 0, bytes, size, length);
        size += length;
    }

    private void start(byte type, int family) {
        bytes[size++] = type;
        varint(family);
        entries++;
    }

    private void idKey(int collection, byte[] id) {
        varint(Keys.PREFIX_BYTES + id.length);
        Keys.INT_BE.set(bytes, size, collection);
        System.arraycopy(id, 0, bytes, size + Keys.PREFIX_BYTES, id.length);
        size += Keys.PREFIX_BYTES + id.length;
    }

    private void rowKey(int collection, int row) {
        varint(Keys.ROW_KEY_BYTES);
        Keys.INT_BE.set(bytes, size, collection);
        Keys.INT_BE.set(bytes, size + Keys.PREFIX_BYTES, row);
        size += Keys.ROW_KEY_BYTES;
    }

    private void array(byte[] value) {
        varint(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    private void varint(int value) {
        size = Varint.write(bytes, size, value);
    }

    private void ensure(long more) {
        long needed = size + more;
        if (needed > bytes.length) {
            if (needed > BYTES_MAX) {
                throw new IllegalStateException("what is to be committed at once exceeds 2 GiB");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(BYTES_MAX, Math.max(needed, size * 2L)));
        }
    }
}
