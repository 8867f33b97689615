package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.Finding;
import io.forebay.model.MetadataCodec;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Looks at each record of a collection by itself, and at which rows, ordinals and documents there are. Holds a bit
 * per row, ordinal and document.
 *
 * <p>Not thread-safe; used once.
 */
final class RowCheck {
    private static final String PART = "records";

    final RoaringBitmap live = new RoaringBitmap();
    final RoaringBitmap ordinals = new RoaringBitmap();
    private final RoaringBitmap damaged = new RoaringBitmap();
    private final RoaringBitmap withDocument = new RoaringBitmap();
    private final RoaringBitmap documents = new RoaringBitmap();
    private final Database db;
    private final int collection;
    private final CollectionState state;
    private final Consumer<Finding> out;
    private final RecordValue view = new RecordValue();

    RowCheck(Database db, int collection, CollectionState state, Consumer<Finding> out) {
        this.db = db;
        this.collection = collection;
        this.state = state;
        this.out = out;
    }

    void run() {
        FamilyWalk.collection(db, db.records, collection, this::record);
        FamilyWalk.collection(db, db.documents, collection, (key, value) -> {
            if (key.length == Keys.ROW_KEY_BYTES) {
                documents.add((int) Keys.INT_BE.get(key, Keys.PREFIX_BYTES));
            }
        });
        compareDocuments();
        counts();
    }

    private void record(byte[] key, byte[] value) {
        if (key.length != Keys.ROW_KEY_BYTES) {
            out.accept(damage("record-key", "a key of " + key.length + " bytes among the records").means(
                    "nobody reads it").todo(Finding.FROM_BACKUP));
            return;
        }
        int row = (int) Keys.INT_BE.get(key, Keys.PREFIX_BYTES);
        live.add(row);
        if (!isDecoded(value, row)) {
            damaged.add(row);
            return;
        }
        if (view.hasDocument) {
            withDocument.add(row);
        }
        if (Integer.compareUnsigned(view.ordinal, state.ordinals()) >= 0) {
            out.accept(damage("ordinal-range", "row " + row + " has ordinal " + view.ordinal + ", and only "
                    + state.ordinals() + " were given out").of(view.id())
                    .means("its vector is not the one that was written").todo(Finding.FROM_BACKUP));
        } else if (!ordinals.checkedAdd(view.ordinal)) {
            out.accept(damage("ordinal-twice", "row " + row + " shares ordinal " + view.ordinal
                    + " with another record").of(view.id()).means("one of them has the other's vector")
                    .todo(Finding.FROM_BACKUP));
        }
        if (Integer.compareUnsigned(row, state.nextRow()) >= 0) {
            out.accept(
                    damage("row-range", "row " + row + ", and the next new one is to be " + state.nextRow())
                            .of(view.id()).means("a later record would overwrite it").rebuildable("counts"));
        }
    }

    private boolean isDecoded(byte[] value, int row) {
        try {
            view.wrap(value, value.length);
            byte[] metadata = view.metadata();
            if (metadata != null) {
                MetadataCodec.decode(metadata);
            }
            if (!view.isWhole()) {
                throw new RecordStoreException("its id or uri is longer than the record");
            }
            return true;
        } catch (RuntimeException damage) {
            out.accept(damage("record-value", "row " + row + " cannot be decoded: " + damage.getMessage())
                    .of(idOrNull(value)).means("reads that come to it fail").todo(Finding.FROM_BACKUP));
            return false;
        }
    }

    private static @Nullable String idOrNull(byte[] value) {
        try {
            return new RecordValue().wrap(value, value.length).id();
        } catch (RuntimeException undecodable) {
            return null;
        }
    }

    private void compareDocuments() {
        RoaringBitmap lost = RoaringBitmap.andNot(withDocument, documents);
        lost.stream().forEach(row -> out.accept(damage("document-missing", "the document of row " + row
                + " is missing").of(idOf(row)).means("the record reads as if it had none")
                .todo(Finding.FROM_BACKUP)));
        RoaringBitmap known = RoaringBitmap.or(withDocument, damaged);
        RoaringBitmap orphans = RoaringBitmap.andNot(documents, known);
        orphans.stream().forEach(row -> out.accept(damage("document-orphan", "a document of row " + row
                + ", whose record " + (live.contains(row) ? "says it has none" : "does not exist"))
                .of(live.contains(row) ? idOf(row) : null).means("nobody reads it")
                .rebuildable("documents")));
    }

    private void counts() {
        if (live.getLongCardinality() != state.live()) {
            out.accept(damage("count", state.live() + " records are counted and "
                    + live.getLongCardinality() + " are there").means("count answers wrongly")
                    .rebuildable("counts"));
        }
    }

    private @Nullable String idOf(int row) {
        return RecordInspector.idOf(db, collection, row);
    }

    private Finding damage(String code, String what) {
        return Finding.damage(code, PART, what).in(collection);
    }

    long documents() {
        return documents.getLongCardinality();
    }

    /** Rows that can be decoded. */
    boolean isReadable(int row) {
        return live.contains(row) && !damaged.contains(row);
    }
}
