package io.forebay.index.record;

import org.jspecify.annotations.Nullable;

/**
 * What an applier's batches change in the postings. Rows that are deleted keep their postings and become members of the
 * term of dead rows, for rows are never used again; {@link Upkeep} takes them out.
 *
 * <p>Not thread-safe; owned by one {@link Changes}.
 */
final class RecordPostings {
    private final Terms terms;
    private final PendingPostings pending = new PendingPostings();
    private final MetadataTerms metadata;
    private final Grams grams;
    private PostingState state = PostingState.NEW;
    private long garbage;
    private long textGarbage;

    RecordPostings(int collection) {
        terms = new Terms(collection);
        metadata = new MetadataTerms(terms, pending);
        grams = new Grams(terms, pending);
    }

    void reset(PostingState to) {
        state = to;
        garbage = to.garbage();
        textGarbage = to.textGarbage();
        pending.clear();
        grams.forget();
    }

    void metadata(byte @Nullable [] old, byte @Nullable [] now, int row) {
        metadata.change(old, now, row);
        garbage += old == null ? 0 : Varint.read(old, 0);
    }

    /** An existing record's document was replaced. Documents of rows that the upkeep did not come to yet are left to it. */
    void document(byte[] document, int row) {
        if (row < state.textRows()) {
            grams.add(document, document.length, row);
            textGarbage++;
        }
    }

    void dead(int row) {
        terms.dead();
        pending.add(terms, row);
        garbage++;
    }

    int mark() {
        return pending.size();
    }

    void takeBack(int mark) {
        if (mark < pending.size()) {
            pending.truncate(mark);
            grams.forget();
        }
    }

    /** With everything collected. */
    PostingState state() {
        return state.withGarbage(garbage, textGarbage);
    }

    void writeTo(BatchSink sink, int family) {
        pending.writeTo(sink, family);
        terms.state();
        sink.put(family, terms.toByteArray(), state().encode());
    }
}
