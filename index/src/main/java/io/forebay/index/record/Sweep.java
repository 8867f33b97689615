package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CollectionState;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * Writes postings anew without what stands for nothing: rows that are dead, rows that gained a term and lost it again.
 * The term of dead rows itself stays, for every filter needs it.
 *
 * <p>Not thread-safe; one step.
 */
final class Sweep {
    private static final int KEYS_PER_STEP = 4096;
    private static final long BYTES_PER_STEP = 8 << 20;

    private final Database db;
    private final ReadOptions reads;
    private final int collection;
    private final CollectionState state;
    private final long[] words = new long[PostingBlocks.WORDS];
    private final int[] rows = new int[PostingBlocks.CHUNK_ROWS];
    private final byte[] value = new byte[PostingBlocks.bytesMax(PostingBlocks.CHUNK_ROWS)];

    Sweep(Database db, ReadOptions reads, int collection, CollectionState state) {
        this.db = db;
        this.reads = reads;
        this.collection = collection;
        this.state = state;
    }

    static byte[] gramsBegin(int collection) {
        return collectionTerm(collection, Terms.GRAM);
    }

    /** Behind all of documents, and so behind everything that is not of a metadata key. */
    static byte[] gramsEnd(int collection) {
        return collectionTerm(collection, (byte) (Terms.LONG_DOCUMENT + 1));
    }

    private static byte[] collectionTerm(int collection, byte type) {
        byte[] key = Arrays.copyOf(Keys.collection(collection), Keys.PREFIX_BYTES + 2);
        key[Keys.PREFIX_BYTES + 1] = type;
        return key;
    }

    /**
     * Puts changes into the sink.
     *
     * @param from where an earlier step stopped; null at first
     * @return where it stopped; null at the end
     */
    byte @Nullable [] step(byte @Nullable [] from, BatchSink sink) {
        RoaringBitmap dead = new PostingReader(db, reads, collection, state.nextRow(), new Gate("sweep"))
                .dead();
        long bytes = 0;
        int count = 0;
        try (Slice end = new Slice(Keys.afterCollection(collection));
                ReadOptions options = new ReadOptions(reads).setIterateUpperBound(end).setFillCache(false);
                RocksIterator at = db.rocks.newIterator(db.postings, options)) {
            for (at.seek(from == null ? gramsBegin(collection) : from); at.isValid(); at.next()) {
                byte[] key = at.key();
                if (count++ == KEYS_PER_STEP || bytes > BYTES_PER_STEP) {
                    return key;
                }
                byte[] stored = at.value();
                bytes += stored.length;
                clean(key, stored, dead, sink);
            }
            at.status();
            return null;
        } catch (RocksDBException e) {
            throw Database.failed("sweep postings", e);
        }
    }

    private void clean(byte[] key, byte[] stored, RoaringBitmap dead, BatchSink sink) {
        if (Terms.isSparse(key, 0)) {
            cleanWeights(key, stored, dead, sink);
            return;
        }
        Arrays.fill(words, 0);
        PostingBlocks.applyTo(words, stored, stored.length);
        int chunk = Keys.chunk(key, key.length - Keys.CHUNK_BYTES);
        int count = 0;
        for (int word = 0; word < words.length; word++) {
            for (long bits = words[word]; bits != 0; bits &= bits - 1) {
                int low = (word << 6) + Long.numberOfTrailingZeros(bits);
                if (!dead.contains(chunk << 16 | low)) {
                    rows[count++] = low;
                }
            }
        }
        int length = PostingBlocks.write(value, 0, false, rows, 0, count);
        if (count == 0) {
            sink.delete(db.postingsId, key);
        } else if (length < stored.length) {
            sink.put(db.postingsId, key, Arrays.copyOf(value, length));
        }
    }

    private void cleanWeights(byte[] key, byte[] stored, RoaringBitmap dead, BatchSink sink) {
        int chunk = Keys.chunk(key, key.length - Keys.CHUNK_BYTES);
        byte[] kept = WeightBlocks.clean(stored, words, low -> dead.contains(chunk << 16 | low));
        if (kept.length == 0) {
            sink.delete(db.postingsId, key);
        } else if (kept.length < stored.length) {
            sink.put(db.postingsId, key, kept);
        }
    }
}
