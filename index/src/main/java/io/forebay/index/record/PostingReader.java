package io.forebay.index.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * Reads the rows of terms, as one snapshot has them.
 *
 * <p>Not thread-safe; used inside one call of a {@link RecordReader}.
 */
final class PostingReader {
    /** Up to so many chunks are asked for one by one, which costs less than an iterator. */
    private static final int GETS_MAX = 8;
    private static final int READS_PER_CHECK = 256;
    private static final byte[] LEVELS = {Terms.NUMBER_2, Terms.NUMBER_3, Terms.NUMBER};

    private final Database db;
    private final ReadOptions reads;
    private final int collection;
    private final int nextRow;
    private final Gate gate;
    private int toCheck;
    private byte[] value = new byte[1024];

    PostingReader(Database db, ReadOptions reads, int collection, int nextRow, Gate gate) {
        this.gate = gate;
        this.db = db;
        this.reads = reads;
        this.collection = collection;
        this.nextRow = nextRow;
    }

    /** Rows with this term, dead ones among them. */
    RoaringBitmap rows(Terms term) {
        byte[] key = Arrays.copyOf(term.bytes(), term.length() + Keys.CHUNK_BYTES);
        RowBits bits = new RowBits(nextRow);
        int chunks = RowBits.chunks(nextRow);
        if (chunks > GETS_MAX) {
            byte[] end = key.clone();
            Keys.chunk(end, term.length(), chunks);
            addKeys(key, end, Long.MAX_VALUE, bits);
            return bits.toBitmap();
        }
        for (int chunk = 0; chunk < chunks; chunk++) {
            Keys.chunk(key, term.length(), chunk);
            int length = get(key);
            if (length >= 0) {
                bits.add(chunk, value, length);
            }
        }
        return bits.toBitmap();
    }

    /** Adds what a chunk has of a sparse vector's term, times a factor; false when it has nothing. */
    boolean weights(Terms term, int chunk, float factor, WeightSums into) {
        byte[] key = Arrays.copyOf(term.bytes(), term.length() + Keys.CHUNK_BYTES);
        Keys.chunk(key, term.length(), chunk);
        int length = get(key);
        if (length < 0) {
            return false;
        }
        into.add(value, length, factor);
        return true;
    }

    /** Rows that were deleted, as far as that was noted. */
    RoaringBitmap dead() {
        Terms term = new Terms(collection);
        term.dead();
        return rows(term);
    }

    int chunks() {
        return RowBits.chunks(nextRow);
    }

    /** So that a close waits for no long reading. */
    private void check() {
        if (--toCheck < 0) {
            gate.checkOpen();
            toCheck = READS_PER_CHECK;
        }
    }

    /** -1 when there is none. */
    private int get(byte[] key) {
        check();
        try {
            int length = db.rocks.get(db.postings, reads, key, 0, key.length, value, 0, value.length);
            if (length > value.length) {
                value = new byte[length + length / 2];
                length = db.rocks.get(db.postings, reads, key, 0, key.length, value, 0, value.length);
            }
            return length == RocksDB.NOT_FOUND ? -1 : length;
        } catch (RocksDBException e) {
            throw Database.failed("read a posting", e);
        }
    }

    /**
     * Rows with a number in this range, dead ones among them.
     *
     * @param field   at the metadata key
     * @param keysMax null is returned when more postings than that must be read
     */
    @Nullable
    RoaringBitmap range(Terms field, NumberRange range, long keysMax) {
        RowBits bits = new RowBits(nextRow);
        return addRange(field, range, 0, keysMax, bits) < 0 ? null : bits.toBitmap();
    }

    /** The widest terms that fit inside, and longer ones at both ends; returns how many postings may still be read. */
    private long addRange(Terms field, NumberRange range, int level, long keysMax, RowBits bits) {
        if (range.isEmpty() || keysMax < 0) {
            return keysMax;
        }
        byte type = LEVELS[level];
        if (level == LEVELS.length - 1) {
            return addTerms(field, type, range, keysMax, bits);
        }
        NumberRange inner = range.inner(Terms.bytes(type));
        if (inner == null) {
            return addRange(field, range, level + 1, keysMax, bits);
        }
        long left = addTerms(field, type, inner, keysMax, bits);
        left = addRange(field, range.before(inner), level + 1, left, bits);
        NumberRange behind = range.behind(inner);
        return behind == null ? left : addRange(field, behind, level + 1, left, bits);
    }

    private long addTerms(Terms field, byte type, NumberRange range, long keysMax, RowBits bits) {
        byte[] from = key(field, type, range.from());
        byte[] to = range.to() == null
                ? key(field, (byte) (type + 1), new byte[0])
                : key(field, type, range.to());
        return addKeys(from, to, keysMax, bits);
    }

    /** Of all postings whose keys lie between; returns how many more might be read, less than 0 when they were too many. */
    private long addKeys(byte[] from, byte[] to, long keysMax, RowBits bits) {
        byte[] key = new byte[from.length + Keys.CHUNK_BYTES];
        long left = keysMax;
        try (Slice end = new Slice(to);
                ReadOptions options = new ReadOptions(reads).setIterateUpperBound(end);
                RocksIterator at = db.rocks.newIterator(db.postings, options)) {
            for (at.seek(from); at.isValid() && left >= 0; at.next()) {
                left--;
                check();
                int length = at.key(key);
                int chunk = Keys.chunk(key, length - Keys.CHUNK_BYTES);
                // In a statement of its own: it may put another array in place of value.
                int valueLength = read(at);
                bits.add(chunk, value, valueLength);
            }
            at.status();
        } catch (RocksDBException e) {
            throw Database.failed("read postings", e);
        }
        return left;
    }

    private static byte[] key(Terms field, byte type, byte[] number) {
        field.type(type);
        byte[] start = field.toByteArray();
        int length = Math.min(number.length, Terms.bytes(type));
        byte[] key = Arrays.copyOf(start, start.length + length);
        System.arraycopy(number, 0, key, start.length, length);
        return key;
    }

    private int read(RocksIterator at) {
        int length = at.value(value);
        if (length > value.length) {
            value = new byte[length + length / 2];
            length = at.value(value);
        }
        return length;
    }
}
