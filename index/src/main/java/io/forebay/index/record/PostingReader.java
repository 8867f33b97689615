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
    private final Database db;
    private final ReadOptions reads;
    private final int collection;
    private final int nextRow;
    private byte[] value = new byte[1024];

    PostingReader(Database db, ReadOptions reads, int collection, int nextRow) {
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
        for (int chunk = 0; chunk < chunks; chunk++) {
            Keys.chunk(key, term.length(), chunk);
            int length = get(key);
            if (length >= 0) {
                bits.add(chunk, value, length);
            }
        }
        return bits.toBitmap();
    }

    /** Rows that were deleted, as far as that was noted. */
    RoaringBitmap dead() {
        Terms term = new Terms(collection);
        term.dead();
        return rows(term);
    }

    /** -1 when there is none. */
    private int get(byte[] key) {
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
     * @param from    the first term of the range
     * @param to      the first behind it
     * @param keysMax null is returned when there are more postings than that
     */
    @Nullable
    RoaringBitmap range(byte[] from, byte[] to, long keysMax) {
        RowBits bits = new RowBits(nextRow);
        long count = 0;
        byte[] key = new byte[from.length + Terms.NUMBER_BYTES + Keys.CHUNK_BYTES];
        try (Slice end = new Slice(to);
                ReadOptions options = new ReadOptions(reads).setIterateUpperBound(end);
                RocksIterator at = db.rocks.newIterator(db.postings, options)) {
            for (at.seek(from); at.isValid(); at.next()) {
                if (++count > keysMax) {
                    return null;
                }
                int length = at.key(key);
                bits.add(Keys.chunk(key, length - Keys.CHUNK_BYTES), value, read(at));
            }
            at.status();
        } catch (RocksDBException e) {
            throw Database.failed("read postings", e);
        }
        return bits.toBitmap();
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
