package io.forebay.index.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Changes of postings that are collected and not written yet: which row gained or lost which term, in order.
 *
 * <p>Not thread-safe.
 */
final class PendingPostings {
    private final TermTable table = new TermTable();
    private int[] terms = new int[256];
    /** Row, shifted by one, and whether it lost the term. */
    private int[] changes = new int[256];
    /** Of those of sparse vectors; made when the first of them comes. */
    private float @Nullable [] weights;
    private int size;

    void add(Terms term, int row) {
        add(number(term), row);
    }

    void remove(Terms term, int row) {
        log(number(term), row << 1 | 1);
    }

    /** The number by which {@link #add(int, int)} knows this term until {@link #clear}. */
    int number(Terms term) {
        return table.of(term.bytes(), term.length());
    }

    void add(int term, int row) {
        log(term, row << 1);
    }

    /** The term is one of a sparse vector. */
    void add(Terms term, int row, float weight) {
        log(number(term), row << 1);
        if (weights == null || weights.length < size) {
            weights = weights == null ? new float[terms.length] : Arrays.copyOf(weights, terms.length);
        }
        weights[size - 1] = weight;
    }

    private void log(int term, int change) {
        if (size == terms.length) {
            terms = Arrays.copyOf(terms, size * 2);
            changes = Arrays.copyOf(changes, size * 2);
        }
        terms[size] = term;
        changes[size++] = change;
    }

    int size() {
        return size;
    }

    /** How many it has numbered. */
    int terms() {
        return table.size();
    }

    /** Of the terms that it holds. */
    int termBytes() {
        return table.bytesUsed();
    }

    void truncate(int toSize) {
        size = toSize;
    }

    void clear() {
        size = 0;
        table.clear();
    }

    /** Writes everything as merges, one per term and chunk as far as order allows; may be called again. */
    void writeTo(BatchSink sink, int family) {
        int[] ends = new int[table.size() + 1];
        for (int i = 0; i < size; i++) {
            ends[terms[i] + 1]++;
        }
        for (int term = 0; term < table.size(); term++) {
            ends[term + 1] += ends[term];
        }
        int[] sorted = new int[size];
        float[] known = weights == null ? new float[0] : weights;
        float[] sortedWeights = new float[weights == null ? 0 : size];
        for (int i = 0; i < size; i++) {
            int place = ends[terms[i]]++;
            sorted[place] = changes[i];
            if (i < known.length) {
                sortedWeights[place] = known[i];
            }
        }
        Writer writer = new Writer(sink, family, sortedWeights);
        int from = 0;
        for (int term = 0; term < table.size(); term++) {
            writer.term(term, sorted, from, ends[term]);
            from = ends[term];
        }
    }

    /** Shows what is collected, in order: for who compares instead of writing. */
    void visit(Visitor visitor) {
        for (int i = 0; i < size; i++) {
            int from = table.start(terms[i]);
            boolean isSparse = weights != null && Terms.isSparse(table.bytes(), from);
            visitor.change(terms[i], table.bytes(), from, table.end(terms[i]), changes[i] >>> 1,
                    isSparse && weights != null ? weights[i] : 0);
        }
    }

    /** One row gained one term, whose bytes are {@code [from, to)}. */
    interface Visitor {
        void change(int number, byte[] bytes, int from, int to, int row, float weight);
    }

    private final class Writer {
        private final BatchSink sink;
        private final int family;
        private final float[] sortedWeights;
        private int[] rows = new int[64];
        private byte[] value = new byte[256];

        Writer(BatchSink sink, int family, float[] sortedWeights) {
            this.sink = sink;
            this.family = family;
            this.sortedWeights = sortedWeights;
        }

        void term(int term, int[] sorted, int from, int to) {
            boolean isSparse = Terms.isSparse(table.bytes(), table.start(term));
            int at = from;
            while (at < to) {
                int chunk = chunk(sorted[at]);
                int end = at + 1;
                while (end < to && chunk(sorted[end]) == chunk) {
                    end++;
                }
                int length = isSparse ? entries(sorted, at, end) : blocks(sorted, at, end);
                sink.merge(family, table.bytes(), table.start(term), table.end(term), chunk, value, length);
                at = end;
            }
        }

        private int entries(int[] sorted, int from, int to) {
            int bytes = WeightBlocks.ENTRY_BYTES * (to - from);
            value = value.length < bytes ? new byte[bytes * 2] : value;
            int place = 0;
            for (int i = from; i < to; i++) {
                boolean isRemoved = (sorted[i] & 1) == 1;
                place = WeightBlocks.put(value, place, sorted[i] >>> 1,
                        isRemoved ? WeightBlocks.REMOVED : sortedWeights[i]);
            }
            return place;
        }

        private int blocks(int[] sorted, int from, int to) {
            if (rows.length < to - from) {
                rows = new int[(to - from) * 2];
            }
            if (value.length < PostingBlocks.bytesMax(rows.length)) {
                value = new byte[PostingBlocks.bytesMax(rows.length)];
            }
            int place = 0;
            int at = from;
            while (at < to) {
                int removed = sorted[at] & 1;
                int count = 0;
                while (at < to && (sorted[at] & 1) == removed) {
                    rows[count++] = sorted[at++] >>> 1;
                }
                place = PostingBlocks.write(value, place, removed == 1, rows, 0, count);
            }
            return place;
        }

        private static int chunk(int change) {
            return change >>> 17;
        }
    }
}
