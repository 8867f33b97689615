package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.Where;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;
import org.rocksdb.ReadOptions;
import org.rocksdb.Snapshot;

/**
 * Which rows of one snapshot match ids and a filter: first by postings, then by reading what postings leave open.
 *
 * <p>Not thread-safe; used for one question, inside one call of a {@link RecordReader}.
 */
final class RowSelection implements AutoCloseable {
    /** So many rows are read before it is seen whether they suffice. */
    private static final int SLICE_ROWS = 512;

    private final Database db;
    private final int collection;
    private final ReadOptions reads;
    private final CollectionState state;
    private final RecordScan scan;
    private final Gate gate;
    private final Function<List<String>, RoaringBitmap> rowsOfIds;

    RowSelection(Database db, int collection, Snapshot snapshot, ReadOptions reads, CollectionState state,
            Gate gate, Filter filter, Function<List<String>, RoaringBitmap> rowsOfIds) {
        this.db = db;
        this.collection = collection;
        this.reads = reads;
        this.state = state;
        this.rowsOfIds = rowsOfIds;
        this.gate = gate;
        this.scan = new RecordScan(db, collection, snapshot, gate, filter);
    }

    /** All that match. */
    RowMatches all(@Nullable List<String> ids, @Nullable Where where) {
        Bounds bounds = bounds(ids, where);
        if (bounds.isExact()) {
            return new RowMatches(bounds.sure(), 0);
        }
        RoaringBitmap rows = bounds.sure().clone();
        int[] open = RoaringBitmap.andNot(bounds.maybe(), bounds.sure()).toArray();
        scan.some(open, open.length, record -> {
            rows.add(record.row());
            return true;
        });
        return new RowMatches(rows, open.length);
    }

    /** Those that match, ascending, from offset on, no more than limit. */
    RowMatches page(@Nullable List<String> ids, @Nullable Where where, int offset, int limit) {
        Bounds bounds = bounds(ids, where);
        return bounds.isExact()
                ? new RowMatches(pageOf(bounds.sure(), offset, limit), 0)
                : verifiedPage(bounds, offset, limit);
    }

    private static RoaringBitmap pageOf(RoaringBitmap all, int offset, int limit) {
        if (offset == 0 && limit >= all.getLongCardinality()) {
            return all;
        }
        RoaringBitmap rows = new RoaringBitmap();
        if (offset < all.getLongCardinality()) {
            PeekableIntIterator at = all.getIntIterator();
            at.advanceIfNeeded(all.select(offset));
            for (int left = limit; left > 0 && at.hasNext(); left--) {
                rows.add(at.next());
            }
        }
        return rows;
    }

    /** Reads in slices, so that a small page of many matches reads few. */
    private RowMatches verifiedPage(Bounds bounds, int offset, int limit) {
        RoaringBitmap rows = new RoaringBitmap();
        int left = limit;
        int verified = 0;
        PeekableIntIterator at = bounds.maybe().getIntIterator();
        int[] slice = new int[SLICE_ROWS];
        int[] open = new int[SLICE_ROWS];
        int toSkip = offset;
        while (at.hasNext() && left > 0) {
            int count = 0;
            int openCount = 0;
            while (count < SLICE_ROWS && at.hasNext()) {
                slice[count] = at.next();
                if (!bounds.sure().contains(slice[count])) {
                    open[openCount++] = slice[count];
                }
                count++;
            }
            RoaringBitmap matching = new RoaringBitmap();
            scan.some(open, openCount, record -> {
                matching.add(record.row());
                return true;
            });
            verified += openCount;
            for (int i = 0; i < count && left > 0; i++) {
                if ((bounds.sure().contains(slice[i]) || matching.contains(slice[i])) && toSkip-- <= 0) {
                    rows.add(slice[i]);
                    left--;
                }
            }
        }
        return new RowMatches(rows, verified);
    }

    private Bounds bounds(@Nullable List<String> ids, @Nullable Where where) {
        boolean isWhole = state.live() == state.nextRow();
        PostingState postings = where == null && isWhole
                ? PostingState.NEW
                : PostingStates.read(db, reads, collection, state);
        PostingReader reader = new PostingReader(db, reads, collection, state.nextRow(), gate);
        Bounds among = ids == null ? living(isWhole, postings, reader) : Bounds.exactly(rowsOfIds.apply(ids));
        if (where == null || among.maybe().isEmpty()) {
            return among;
        }
        FilterEvaluator evaluator = new FilterEvaluator(reader, postings, new Terms(collection), rowsOfIds);
        return among.and(evaluator.evaluate(where, among.maybe()));
    }

    private Bounds living(boolean isWhole, PostingState postings, PostingReader reader) {
        RoaringBitmap all = RoaringBitmap.bitmapOfRange(0, state.nextRow());
        if (isWhole) {
            return Bounds.exactly(all);
        }
        all.andNot(reader.dead());
        // Which rows of the gap are dead is not known yet.
        return postings.hasGap()
                ? new Bounds(RoaringBitmap.andNot(all,
                        RoaringBitmap.bitmapOfRange(postings.gapFrom(), postings.gapEnd())), all)
                : Bounds.exactly(all);
    }

    @Override
    public void close() {
        scan.close();
    }
}
