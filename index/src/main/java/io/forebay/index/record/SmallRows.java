package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.Finding;
import java.util.function.Consumer;

/** The rows of a collection beside its records: metadata keys that were seen, keys of batches, dead letters. */
final class SmallRows {
    private final Database db;
    private final int collection;
    private final CollectionState state;
    private final Consumer<Finding> out;

    SmallRows(Database db, int collection, CollectionState state, Consumer<Finding> out) {
        this.db = db;
        this.collection = collection;
        this.state = state;
        this.out = out;
    }

    void run() {
        attempt("metadata-key", "a row of its metadata keys", "the store does not start",
                () -> new SeenKeys(db,
                        collection));
        attempt("batch-key", "its idempotency keys", "the store does not start",
                () -> FamilyWalk.collection(db,
                        db.keys, collection, (key, value) -> batchKey(BatchKeyRows.decode(key, value))));
        attempt("dead-letter", "its dead letters", "the store does not start", () -> FamilyWalk.collection(db,
                db.parked, collection, this::parked));
    }

    private void attempt(String code, String what, String meaning, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException damage) {
            out.accept(Finding.damage(code, "records", what + " cannot be read: " + damage.getMessage())
                    .in(collection).means(meaning).todo(Finding.FROM_BACKUP));
        }
    }

    private void batchKey(BatchKey key) {
        if (key.minSeqId() > key.maxSeqId() || key.maxSeqId() > state.appliedSeqId()) {
            out.accept(Finding.damage("batch-key", "records", "an idempotency key stands for seqIds "
                    + key.minSeqId() + " to " + key.maxSeqId() + ", and only " + state.appliedSeqId()
                    + " is applied").in(collection).means("a retry may be answered without being done")
                    .todo("write what is in doubt under new keys"));
        }
    }

    private void parked(byte[] key, byte[] value) {
        String what = DeadLetterRows.problem(db, key, value);
        if (what != null) {
            out.accept(Finding.damage("dead-letter", "records", what).in(collection)
                    .means("what was set aside cannot be written again").todo(Finding.FROM_BACKUP));
        }
    }
}
