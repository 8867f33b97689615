package io.forebay.index.record;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.Range;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;

/**
 * Removes collections. The order matters: first the range deletions, in one atomic write; then a flush,
 * which also syncs the log with the drop in it; only then files, for a file that is gone cannot come back,
 * while a deletion in memory can be lost.
 */
final class Dropping {
    /** Below this much on disk a collection is left to the next compactions. */
    static final long RECLAIM_BYTES_MIN = 4 << 20;
    /** Less between others costs more to cut out of their files than it gives. */
    private static final long NEIGHBOURS_BYTES_MIN = 1 << 20;

    private Dropping() {}

    /** Makes all of it invisible; returns how much of it is in files, roughly. */
    static long markDeleted(Database db, int collection) {
        byte[] from = Keys.collection(collection);
        byte[] to = Keys.afterCollection(collection);
        try (WriteBatch batch = new WriteBatch()) {
            if (db.rocks.get(db.positions, from) == null) {
                return 0;
            }
            for (ColumnFamilyHandle family : db.byCollection) {
                batch.deleteRange(family, from, to);
            }
            db.write(batch);
            return bytesOnDisk(db, from, to);
        } catch (RocksDBException e) {
            throw Database.failed("drop a collection", e);
        }
    }

    /** Neighbours go together: of numbers in a row the files between are theirs too. */
    static void reclaim(Database db, Collection<Integer> collections) {
        try {
            reclaimRuns(db, new TreeSet<>(collections));
        } catch (RocksDBException e) {
            throw Database.failed("give a dropped collection's space back", e);
        }
    }

    private static void reclaimRuns(Database db, TreeSet<Integer> left) throws RocksDBException {
        while (!left.isEmpty()) {
            int first = left.first();
            int last = first;
            while (left.remove(last)) {
                last++;
            }
            byte[] from = Keys.collection(first);
            byte[] to = Keys.afterCollection(last - 1);
            if (bytesOnDisk(db, from, to) >= NEIGHBOURS_BYTES_MIN) {
                reclaim(db, from, to);
            }
        }
    }

    private static void reclaim(Database db, byte[] from, byte[] to) throws RocksDBException {
        try (CompactRangeOptions options = new CompactRangeOptions().setExclusiveManualCompaction(false)) {
            for (ColumnFamilyHandle family : db.byCollection) {
                db.rocks.deleteFilesInRanges(family, List.of(from, to), false);
                // What is left: files shared with neighbours, and the youngest level, which the call above
                // spares.
                db.rocks.compactRange(family, from, to, options);
            }
        }
    }

    static boolean hasRows(Database db, int collection) {
        try (Slice end = new Slice(Keys.afterCollection(collection));
                ReadOptions options = new ReadOptions().setIterateUpperBound(end)) {
            for (ColumnFamilyHandle family : db.byCollection) {
                try (RocksIterator at = db.rocks.newIterator(family, options)) {
                    at.seek(Keys.collection(collection));
                    if (at.isValid()) {
                        return true;
                    }
                    at.status();
                }
            }
            return false;
        } catch (RocksDBException e) {
            throw Database.failed("look for rows", e);
        }
    }

    private static long bytesOnDisk(Database db, byte[] from, byte[] to) {
        long total = 0;
        try (Slice first = new Slice(from); Slice last = new Slice(to)) {
            for (ColumnFamilyHandle family : db.byCollection) {
                total += db.rocks.getApproximateSizes(family, List.of(new Range(first, last)),
                        SizeApproximationFlag.INCLUDE_FILES)[0];
            }
        }
        return total;
    }
}
