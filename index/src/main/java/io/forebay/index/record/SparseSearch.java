package io.forebay.index.record;

import io.forebay.model.SparseVector;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Finds the sparse vectors with the largest dot products: term after term of the query, its postings are added to an array
 * with a sum per row, 65,536 rows at a time. Exact; what is not in the postings of any term of the query is not found.
 *
 * <p>Not thread-safe; used inside one call of a {@link RecordReader}, whose gate ends it early on close.
 */
final class SparseSearch {
    private final PostingReader postings;
    private final Terms terms;
    private final Gate gate;
    private final int nextRow;
    private final @Nullable RoaringBitmap among;

    /** @param among live rows; null for all */
    SparseSearch(PostingReader postings, Terms terms, Gate gate, int nextRow, @Nullable RoaringBitmap among) {
        this.postings = postings;
        this.terms = terms;
        this.gate = gate;
        this.nextRow = nextRow;
        this.among = among;
    }

    /**
     * Distances are one minus the dot product, in 32-bit floats, added in the order of the indices.
     *
     * @param scan reads the records that may lack postings
     */
    SparseHits nearest(String key, SparseVector query, int k, PostingState state, RecordScan scan) {
        SparseTop top = new SparseTop(k);
        if (k == 0 || query.size() == 0 || nextRow == 0) {
            return top.finish();
        }
        RoaringBitmap except = among == null ? postings.dead() : new RoaringBitmap();
        RoaringBitmap gap = withoutPostings(key, state);
        if (!gap.isEmpty()) {
            RoaringBitmap read = among == null ? gap : RoaringBitmap.and(gap, among);
            scan.some(read.toArray(), read.getCardinality(), new SparseScan(key, query, top));
            except.or(gap);
        }
        if (gap.getLongCardinality() == nextRow) {
            return top.finish();
        }
        WeightSums sums = new WeightSums(Math.min(nextRow, PostingBlocks.CHUNK_ROWS));
        terms.field(key.getBytes(StandardCharsets.UTF_8));
        for (int chunk = 0; chunk < RowBits.chunks(nextRow); chunk++) {
            long first = (long) chunk * PostingBlocks.CHUNK_ROWS;
            if (among != null && !among.intersects(first, first + PostingBlocks.CHUNK_ROWS)) {
                continue;
            }
            gate.checkOpen();
            if (addAll(query, chunk, sums)) {
                sums.offer(top, (int) first, among, except);
                sums.clear();
            }
        }
        return top.finish();
    }

    /** Rows whose vectors must be read, live or not. */
    private RoaringBitmap withoutPostings(String key, PostingState state) {
        byte[] field = key.getBytes(StandardCharsets.UTF_8);
        if (field.length > Terms.FIELD_BYTES_MAX) {
            return RoaringBitmap.bitmapOfRange(0, nextRow);
        }
        terms.field(field).type(Terms.OPEN);
        RoaringBitmap open = postings.rows(terms);
        open.or(RoaringBitmap.bitmapOfRange(state.gapFrom(), state.gapEnd()));
        return open;
    }

    private boolean addAll(SparseVector query, int chunk, WeightSums sums) {
        boolean any = false;
        for (int i = 0; i < query.size(); i++) {
            terms.sparse(query.indices()[i]);
            any |= postings.weights(terms, chunk, query.values()[i], sums);
        }
        return any;
    }
}
