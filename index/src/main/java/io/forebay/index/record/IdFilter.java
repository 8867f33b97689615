package io.forebay.index.record;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * Tells of most new ids that they cannot exist yet, which spares their look-up: half of what adding a record
 * costs. Bloom filters of doubling size, one 64-bit word a key and 16 bits a key, about one false alarm in a
 * hundred; an id is added to the youngest and asked of all. Kept in memory, from an empty collection on; of a
 * collection found at open it is built by one scan as soon as look-ups in vain have cost about as much as the
 * scan will.
 *
 * <p>Threads: the collection's applier, and whoever drops the collection; both hold this object's lock, the
 * applier for a batch at a time.
 *
 * <p>Invariants: while complete, every id that exists was added. Deleted ids stay in it.
 */
final class IdFilter {
    private static final int BYTES_PER_KEY = 2;
    /** Of thousands of small collections each has a filter. */
    private static final int KEYS_FIRST = 1 << 8;
    /** Beyond, it doubles: each step is one more array to look into. */
    private static final int KEYS_MIN = 1 << 14;
    /** What a look-up costs, in steps of a scan. */
    private static final int SCAN_STEPS_PER_LOOKUP = 8;

    final IdHash hash = new IdHash(ThreadLocalRandom.current().nextLong());
    private final Database db;
    private final int collection;
    /** Bytes that filters of all collections may still take. */
    private final AtomicLong bytesFree;
    private final List<long[]> filters = new ArrayList<>();
    private long keys;
    private long capacity;
    private boolean isComplete;
    /** Too large for its budget: no filter any more. */
    private boolean isGivenUp;
    private long lookupsInVain;

    IdFilter(Database db, int collection, boolean isEmpty, AtomicLong bytesFree) {
        this.db = db;
        this.collection = collection;
        this.bytesFree = bytesFree;
        this.isComplete = isEmpty;
    }

    /** False when no record can have this id. */
    boolean mayExist(long idHash) {
        if (!isComplete) {
            return true;
        }
        long bits = bits(idHash);
        for (long[] filter : filters) {
            if ((filter[slot(filter, idHash)] & bits) == bits) {
                return true;
            }
        }
        return false;
    }

    void add(long idHash) {
        if (!isComplete) {
            return;
        }
        if (keys == capacity && !grow(capacity == 0 ? KEYS_FIRST : Math.max(KEYS_MIN, capacity))) {
            return;
        }
        keys++;
        long[] youngest = filters.getLast();
        youngest[slot(youngest, idHash)] |= bits(idHash);
    }

    void countInVain(int lookups) {
        lookupsInVain += lookups;
    }

    /** To be called only when all that exists is in the store: what is merely pending would be missed. */
    void buildIfWorthwhile(int live) {
        if (!isComplete && !isGivenUp && lookupsInVain > 0 && lookupsInVain * SCAN_STEPS_PER_LOOKUP >= live
                && grow(Math.max(KEYS_MIN, 2L * live))) {
            build();
        }
    }

    /** Gives its memory back to the other collections' filters. */
    synchronized void release() {
        for (long[] filter : filters) {
            bytesFree.addAndGet(8L * filter.length);
        }
        filters.clear();
        isComplete = false;
        isGivenUp = true;
    }

    private boolean grow(long moreKeys) {
        long bytes = BYTES_PER_KEY * moreKeys;
        if (bytes / 8 > Integer.MAX_VALUE / 2 || bytesFree.addAndGet(-bytes) < 0) {
            bytesFree.addAndGet(bytes);
            release();
            return false;
        }
        filters.add(new long[(int) (bytes / 8)]);
        capacity += moreKeys;
        return true;
    }

    private void build() {
        byte[] key = new byte[256];
        isComplete = true;
        try (Slice end = new Slice(Keys.afterCollection(collection));
                ReadOptions options = new ReadOptions().setIterateUpperBound(end).setFillCache(false)
                        .setReadaheadSize(1 << 20);
                RocksIterator at = db.rocks.newIterator(db.ids, options)) {
            for (at.seek(Keys.collection(collection)); at.isValid(); at.next()) {
                int length = at.key(key);
                if (length > key.length) {
                    key = new byte[length * 2];
                    at.key(key);
                }
                add(hash.of(key, Keys.PREFIX_BYTES, length - Keys.PREFIX_BYTES));
            }
            at.status();
        } catch (RocksDBException e) {
            release();
            throw Database.failed("scan ids", e);
        }
    }

    private static int slot(long[] filter, long idHash) {
        return (int) ((idHash >>> 32) * filter.length >>> 32);
    }

    /** Five of 64 bits. */
    private static long bits(long idHash) {
        return 1L << idHash | 1L << (idHash >> 6) | 1L << (idHash >> 12) | 1L << (idHash >> 18)
                | 1L << (idHash >> 24);
    }
}
