package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CollectionState;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.roaringbitmap.RoaringBitmap;

/**
 * What of a collection must agree with what: as {@link PairSource}s, those that follow from the records and those
 * that are stored. What upkeep has not come to yet is left out on both sides: rows of the gap, documents from {@code
 * textRows} on, postings of dead rows, and array elements and sparse vectors of rows whose field is noted as open.
 *
 * <p>Not thread-safe.
 */
final class ComparedPairs {
    /** So many are collected before they are shown; a few megabytes. */
    private static final int PENDING_MAX = 1 << 17;
    private static final int TERM_BYTES_MAX = 8 << 20;

    private final Database db;
    private final int collection;
    private final PostingState state;
    private final RowCheck rows;
    /** Of each field, by its name's bytes in ISO 8859-1, the rows noted as open. */
    private final Map<String, RoaringBitmap> open = new HashMap<>();
    private final long[] words = new long[PostingBlocks.WORDS];

    ComparedPairs(Database db, int collection, PostingState state, RowCheck rows) {
        this.db = db;
        this.collection = collection;
        this.state = state;
        this.rows = rows;
    }

    /** Reads the postings of open rows: the others cannot be shown before. */
    void readOpen() {
        eachPosting((key, value, typeAt) -> {
            if (typeAt > Keys.PREFIX_BYTES + 1 && key[typeAt] == Terms.OPEN) {
                RoaringBitmap all = open.computeIfAbsent(field(key, typeAt), none -> new RoaringBitmap());
                eachRow(key, value, all::add);
            }
        });
    }

    private static String field(byte[] key, int typeAt) {
        return new String(key, Keys.PREFIX_BYTES, typeAt - Keys.PREFIX_BYTES,
                StandardCharsets.ISO_8859_1);
    }

    /** Is shown the key of each posting, its value and where the type is in its term. */
    private interface PostingVisitor {
        void posting(byte[] key, byte[] value, int typeAt);
    }

    private void eachPosting(PostingVisitor visitor) {
        FamilyWalk.collection(db, db.postings, collection, (key, value) -> {
            int fieldLength = Varint.read(key, Keys.PREFIX_BYTES);
            int typeAt = Keys.PREFIX_BYTES + Varint.length(fieldLength) + fieldLength;
            boolean isState = fieldLength == 0 && key[typeAt] == Terms.STATE;
            if (!isState) {
                visitor.posting(key, value, typeAt);
            }
        });
    }

    private void eachRow(byte[] key, byte[] value, IntConsumer each) {
        int chunk = Keys.chunk(key, key.length - Keys.CHUNK_BYTES) << 16;
        Arrays.fill(words, 0);
        PostingBlocks.applyTo(words, value, value.length);
        for (int word = 0; word < words.length; word++) {
            for (long bits = words[word]; bits != 0; bits &= bits - 1) {
                each.accept(chunk + (word << 6) + Long.numberOfTrailingZeros(bits));
            }
        }
    }

    // ---- ids ----

    void idsOfRecords(PairSource.Visitor visitor) {
        RecordValue view = new RecordValue();
        FamilyWalk.collection(db, db.records, collection, (key, value) -> {
            int row = (int) Keys.INT_BE.get(key, Keys.PREFIX_BYTES);
            if (key.length == Keys.ROW_KEY_BYTES && rows.isReadable(row)) {
                byte[] id = view.wrap(value, value.length).idBytes();
                visitor.pair(id, 0, id.length, row, 0);
            }
        });
    }

    void storedIds(PairSource.Visitor visitor) {
        FamilyWalk.collection(db, db.ids, collection, (key, value) -> {
            int row = value.length == 4 ? (int) Keys.INT_BE.get(value, 0) : -1;
            visitor.pair(key, Keys.PREFIX_BYTES, key.length, row, 0);
        });
    }

    // ---- metadata ----

    void termsOfRecords(PairSource.Visitor visitor) {
        PendingPostings pending = new PendingPostings();
        MetadataTerms terms = new MetadataTerms(new Terms(collection), pending);
        RecordValue view = new RecordValue();
        FamilyWalk.collection(db, db.records, collection, (key, value) -> {
            int row = (int) Keys.INT_BE.get(key, Keys.PREFIX_BYTES);
            if (key.length == Keys.ROW_KEY_BYTES && rows.isReadable(row) && !isInGap(row)) {
                terms.change(null, view.wrap(value, value.length).metadata(), row);
                if (pending.size() > PENDING_MAX || pending.termBytes() > TERM_BYTES_MAX) {
                    show(pending, visitor);
                }
            }
        });
        show(pending, visitor);
    }

    private void show(PendingPostings pending, PairSource.Visitor visitor) {
        // An array may have an element twice.
        int[] last = new int[pending.terms()];
        Arrays.fill(last, -1);
        pending.visit((number, bytes, from, to, row, weight) -> {
            if (last[number] != row) {
                last[number] = row;
                if (!isLeftOpen(bytes, from, row)) {
                    visitor.pair(bytes, from, to, row, weight);
                }
            }
        });
        pending.clear();
    }

    /** Whether postings may lack the term though the row has it, or have it though it has not. */
    private boolean isLeftOpen(byte[] term, int from, int row) {
        int fieldLength = Varint.read(term, from + Keys.PREFIX_BYTES);
        int typeAt = from + Keys.PREFIX_BYTES + Varint.length(fieldLength) + fieldLength;
        byte type = term[typeAt];
        boolean ofArray = type == Terms.SPARSE || type >= Terms.IN_ARRAY || type == Terms.OPEN;
        if (!ofArray || open.isEmpty()) {
            return false;
        }
        RoaringBitmap noted = open.get(new String(term, from + Keys.PREFIX_BYTES,
                typeAt - from - Keys.PREFIX_BYTES, StandardCharsets.ISO_8859_1));
        return noted != null && noted.contains(row);
    }

    private boolean isInGap(int row) {
        return row >= state.gapFrom() && row < state.gapEnd();
    }

    /** Whether postings of this row must be what follows from it. */
    private boolean isCompared(int row) {
        return rows.isReadable(row) && !isInGap(row);
    }

    void storedTerms(PairSource.Visitor visitor) {
        eachPosting((key, value, typeAt) -> {
            if (typeAt == Keys.PREFIX_BYTES + 1) {
                return;
            }
            int end = key.length - Keys.CHUNK_BYTES;
            if (key[typeAt] == Terms.SPARSE) {
                weights(key, value, end, visitor);
                return;
            }
            eachRow(key, value, row -> {
                if (isCompared(row) && !isLeftOpen(key, 0, row)) {
                    visitor.pair(key, 0, end, row, 0);
                }
            });
        });
    }

    private void weights(byte[] key, byte[] value, int end, PairSource.Visitor visitor) {
        int chunk = Keys.chunk(key, end) << 16;
        byte[] clean = WeightBlocks.clean(value, words, low -> false);
        for (int at = 0; at < clean.length; at += WeightBlocks.ENTRY_BYTES) {
            int row = chunk + WeightBlocks.row(clean, at);
            if (isCompared(row) && !isLeftOpen(key, 0, row)) {
                visitor.pair(key, 0, end, row, WeightBlocks.weight(clean, at));
            }
        }
    }

    // ---- documents ----

    void gramsOfDocuments(PairSource.Visitor visitor) {
        PendingPostings pending = new PendingPostings();
        Grams grams = new Grams(new Terms(collection), pending);
        FamilyWalk.collection(db, db.documents, collection, (key, value) -> {
            int row = (int) Keys.INT_BE.get(key, Keys.PREFIX_BYTES);
            if (row < state.textRows() && rows.isReadable(row)) {
                grams.add(value, value.length, row);
                if (pending.size() > PENDING_MAX) {
                    show(pending, visitor);
                    grams.forget();
                }
            }
        });
        show(pending, visitor);
    }

    void storedGrams(PairSource.Visitor visitor) {
        eachPosting((key, value, typeAt) -> {
            boolean ofDocument = typeAt == Keys.PREFIX_BYTES + 1
                    && (key[typeAt] == Terms.GRAM || key[typeAt] == Terms.LONG_DOCUMENT);
            if (ofDocument) {
                int end = key.length - Keys.CHUNK_BYTES;
                eachRow(key, value, row -> {
                    if (row < state.textRows() && rows.isReadable(row)) {
                        visitor.pair(key, 0, end, row, 0);
                    }
                });
            }
        });
    }

    // ---- dead rows ----

    /** Rows that are gone and not noted, or noted and not gone; outside of the gap. */
    RoaringBitmap deadDifference(CollectionState collectionState) {
        RoaringBitmap gone = new RoaringBitmap();
        gone.add(0L, collectionState.nextRow());
        gone.andNot(rows.live);
        RoaringBitmap noted = new RoaringBitmap();
        eachPosting((key, value, typeAt) -> {
            if (typeAt == Keys.PREFIX_BYTES + 1 && key[typeAt] == Terms.DEAD) {
                eachRow(key, value, noted::add);
            }
        });
        gone.xor(noted);
        gone.remove(state.gapFrom(), (long) Math.max(state.gapFrom(), state.gapEnd()));
        return gone;
    }
}
