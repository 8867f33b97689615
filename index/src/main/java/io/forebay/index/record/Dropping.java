package io.forebay.index.record;

import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.Range;
import org.rocksdb.RocksDBException;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;

/**
 * Removes a collection. The order matters: first the range deletions, in one atomic write; then a flush,
 * which also syncs the log with the drop in it; only then files, for a file that is gone cannot come back,
 * while a deletion in memory can be lost.
 */
final class Dropping {
    /** Below this much on disk a collection is left to the next compactions. */
    private static final long RECLAIM_BYTES_MIN = 4 << 20;

    private Dropping() {}

    /** Makes all of it invisible; true when its files are worth reclaiming. */
    static boolean markDeleted(Database db, int collection) {
        byte[] from = Keys.collection(collection);
        byte[] to = Keys.afterCollection(collection);
        try (WriteBatch batch = new WriteBatch()) {
            if (db.rocks.get(db.positions, from) == null) {
                return false;
            }
            for (ColumnFamilyHandle family : db.byCollection) {
                batch.deleteRange(family, from, to);
            }
            db.write(batch);
            return bytesOnDisk(db, from, to) >= RECLAIM_BYTES_MIN;
        } catch (RocksDBException e) {
            throw Database.failed("drop a collection", e);
        }
    }

    static void reclaim(Database db, int collection) {
        byte[] from = Keys.collection(collection);
        byte[] to = Keys.afterCollection(collection);
        try (CompactRangeOptions options = new CompactRangeOptions().setExclusiveManualCompaction(false)) {
            for (ColumnFamilyHandle family : db.byCollection) {
                db.rocks.deleteFilesInRanges(family, List.of(from, to), false);
                // What is left: files shared with neighbours, and the youngest level, which the call above
                // spares.
                db.rocks.compactRange(family, from, to, options);
            }
        } catch (RocksDBException e) {
            throw Database.failed("give a dropped collection's space back", e);
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
