package io.forebay.index.record;

import java.util.ArrayList;
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
    private static final long RUN_BYTES_MIN = 1 << 20;

    private Dropping() {}

    /**
     * Makes all of them invisible, in one write; returns how much of them is in files, roughly. All reads come first: one
     * behind each range deletion would sort all of these anew.
     */
    static long markDeleted(Database db, Collection<Integer> collections) {
        try (WriteBatch batch = new WriteBatch()) {
            TreeSet<Integer> there = new TreeSet<>();
            for (int collection : collections) {
                if (db.rocks.get(db.positions, Keys.collection(collection)) != null) {
                    there.add(collection);
                }
            }
            if (there.isEmpty()) {
                return 0;
            }
            long bytes = 0;
            for (Run run : runs(there)) {
                bytes += bytesOnDisk(db, run.from(), run.to());
                for (ColumnFamilyHandle family : db.byCollection) {
                    batch.deleteRange(family, run.from(), run.to());
                }
            }
            db.write(batch);
            return bytes;
        } catch (RocksDBException e) {
            throw Database.failed("drop a collection", e);
        }
    }

    /** Collections with numbers in a row: what lies between their keys is theirs. */
    private record Run(int first, int last) {
        byte[] from() {
            return Keys.collection(first);
        }

        byte[] to() {
            return Keys.afterCollection(last);
        }
    }

    private static List<Run> runs(Collection<Integer> collections) {
        TreeSet<Integer> left = new TreeSet<>(collections);
        List<Run> runs = new ArrayList<>();
        while (!left.isEmpty()) {
            int first = left.removeFirst();
            int last = first;
            while (left.remove(last + 1)) {
                last++;
            }
            runs.add(new Run(first, last));
        }
        return runs;
    }

    static void reclaim(Database db, Collection<Integer> collections) {
        try {
            for (Run run : runs(collections)) {
                if (bytesOnDisk(db, run.from(), run.to()) >= RUN_BYTES_MIN) {
                    reclaim(db, run.from(), run.to());
                }
            }
        } catch (RocksDBException e) {
            throw Database.failed("give a dropped collection's space back", e);
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
