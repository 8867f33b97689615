package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.Finding;
import java.util.function.Consumer;
import org.roaringbitmap.RoaringBitmap;

/** Whether the postings of one collection are what follows from its records, and says of each difference what it does. */
final class PostingCheck {
    private static final String PART = "postings";

    private final Database db;
    private final int collection;
    private final PostingState state;
    private final ComparedPairs pairs;
    private final Consumer<Finding> out;

    PostingCheck(Database db, int collection, PostingState state, ComparedPairs pairs,
            Consumer<Finding> out) {
        this.db = db;
        this.collection = collection;
        this.state = state;
        this.pairs = pairs;
        this.out = out;
    }

    /** Returns how many pairs there are. */
    long metadata() {
        pairs.readOpen();
        PairCompare compare = new PairCompare(pairs::termsOfRecords, pairs::storedTerms);
        long count = compare.run(false, this::difference);
        more(compare, PART, PART, collection, out);
        return count;
    }

    /** As {@link #metadata}, of documents; what replaced documents left behind is not looked for while there is some. */
    long grams() {
        PairCompare compare = new PairCompare(pairs::gramsOfDocuments, pairs::storedGrams);
        long count = compare.run(state.textGarbage() > 0, this::difference);
        more(compare, PART, PART, collection, out);
        return count;
    }

    private void difference(boolean isMissing, byte[] term, int row) {
        out.accept(Finding.damage(isMissing ? "posting-missing" : "posting-wrong", PART,
                (isMissing ? "the posting of " : "a posting of ") + TermText.of(term)
                        + (isMissing ? " lacks row " : " has row ") + row
                        + (isMissing ? "" : ", whose record has it not"))
                .in(collection).of(RecordInspector.idOf(db, collection, row))
                .means(isMissing ? "filters for it miss this record" : "filters for it show this record")
                .rebuildable(PART));
    }

    /** Rows that are noted as dead must be those that are gone. */
    void dead(CollectionState collectionState) {
        RoaringBitmap wrong = pairs.deadDifference(collectionState);
        if (!wrong.isEmpty()) {
            int row = wrong.first();
            String id = RecordInspector.idOf(db, collection, row);
            out.accept(Finding.damage("dead-rows", PART, wrong.getLongCardinality()
                    + " rows are noted wrongly as dead or alive, the first is row " + row)
                    .in(collection).of(id).means(id == null
                            ? "filters count records that are gone"
                            : "filters do not see this record")
                    .rebuildable(PART));
        }
    }

    /** Those that were not named. */
    static void more(PairCompare compare, String what, String rebuild, int collection,
            Consumer<Finding> out) {
        long named = Math.min(compare.missing(), PairCompare.NAMED_MAX)
                + Math.min(compare.extra(), PairCompare.NAMED_MAX);
        long all = compare.missing() + compare.extra();
        if (all > named) {
            out.accept(Finding.damage("more-" + what, what.equals("ids") ? "records" : what, (all - named)
                    + " more entries of its " + what + " are wrong: " + compare.missing() + " missing and "
                    + compare.extra() + " too many in all").in(collection).rebuildable(rebuild));
        }
    }
}
