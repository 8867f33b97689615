package io.forebay.index.record;

import org.jspecify.annotations.Nullable;

/**
 * What an applier's batches change in the postings. Rows that are deleted keep their postings and become members of the
 * term of dead rows, for rows are never used again; {@link Upkeep} takes them out.
 *
 * <p>Not thread-safe; owned by one {@link Changes}.
 */
final class RecordPostings {
    /** So many changes in one commit: some tens of megabytes. */
    private static final int GRAMS_MAX = 2_000_000;

    private final Terms terms;
    private final PendingPostings pending = new PendingPostings();
    private final MetadataTerms metadata;
    private final Grams grams;
    private PostingState state = PostingState.NEW;
    private int textRows;
    private long garbage;
    private long textGarbage;

    /** What is needed to take a batch back. */
    record Mark(int size, int textRows, long garbage, long textGarbage) {}

    RecordPostings(int collection) {
        terms = new Terms(collection);
        metadata = new MetadataTerms(terms, pending);
        grams = new Grams(terms, pending);
    }

    void reset(PostingState to) {
        state = to;
        textRows = to.textRows();
        garbage = to.garbage();
        textGarbage = to.textGarbage();
        pending.clear();
        grams.forget();
    }

    void metadata(byte @Nullable [] old, byte @Nullable [] now, int row) {
        metadata.change(old, now, row);
        garbage += old == null ? 0 : Varint.read(old, 0);
    }

    /**
     * An existing record's document was replaced. Documents of rows that the upkeep did not come to yet are left to it, and so
     * are those from the first row on that would make a commit too large.
     */
    void document(byte[] document, int row) {
        if (row >= textRows) {
            return;
        }
        if (pending.size() > GRAMS_MAX) {
            textRows = row;
            return;
        }
        grams.add(document, document.length, row);
        textGarbage++;
    }

    void dead(int row) {
        terms.dead();
        pending.add(terms, row);
        garbage++;
    }

    boolean isEmpty() {
        return pending.size() == 0;
    }

    Mark mark() {
        return new Mark(pending.size(), textRows, garbage, textGarbage);
    }

    void takeBack(Mark to) {
        textRows = to.textRows;
        garbage = to.garbage;
        textGarbage = to.textGarbage;
        if (to.size < pending.size()) {
            pending.truncate(to.size);
            grams.forget();
        }
    }

    /** With everything collected. */
    PostingState state() {
        return state.withTextRows(textRows).withGarbage(garbage, textGarbage);
    }

    void writeTo(BatchSink sink, int family) {
        pending.writeTo(sink, family);
        terms.state();
        sink.put(family, terms.toByteArray(), state().encode());
    }
}
