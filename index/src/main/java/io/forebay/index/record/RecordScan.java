package io.forebay.index.record;

import org.jspecify.annotations.Nullable;
import org.rocksdb.Snapshot;

/**
 * Walks the records of one collection, all or some of them, upwards by row, and shows those that a filter
 * lets through. Records come from one cursor; documents, if the filter reads any, from a second one that
 * follows the first.
 *
 * <p>Not thread-safe; used inside one call of a {@link RecordReader}, whose gate ends it early on close.
 */
final class RecordScan implements AutoCloseable, Candidate.DocumentSource {
    /** How far a cursor steps before it seeks instead. */
    private static final int STEPS_MAX = 8;
    private static final int ROWS_PER_CHECK = 64;

    private final Database db;
    private final int collection;
    private final Snapshot snapshot;
    private final Gate gate;
    private final Predicate filter;
    private final Candidate candidate;
    private @Nullable RecordCursor records;
    private @Nullable RecordCursor documents;
    private int documentRow = -1;

    /** Sees a record; {@link #row} and {@link #ordinal} tell which; false ends the scan. */
    interface Visitor {
        boolean visit(RecordScan record);
    }

    RecordScan(Database db, int collection, Snapshot snapshot, Gate gate, Filter filter) {
        this.db = db;
        this.collection = collection;
        this.snapshot = snapshot;
        this.gate = gate;
        this.filter = filter.root();
        this.candidate = new Candidate(filter.keys(), this);
    }

    int row() {
        return records().row();
    }

    int ordinal() {
        return candidate.record.ordinal;
    }

    /** As it is stored, of the record shown. */
    byte @Nullable [] metadata() {
        return candidate.record.metadata();
    }

    void all(Visitor visitor) {
        RecordCursor at = records();
        int toCheck = ROWS_PER_CHECK;
        for (boolean is = at.seek(0); is; is = at.next()) {
            if (--toCheck == 0) {
                gate.checkOpen();
                toCheck = ROWS_PER_CHECK;
            }
            if (matches(at) && !visitor.visit(this)) {
                return;
            }
        }
    }

    /** Only the first so many of these rows, ascending; one that does not exist is passed over. */
    void some(int[] rows, int count, Visitor visitor) {
        if (count == 0) {
            return;
        }
        RecordCursor at = records();
        int current = Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            if (i % ROWS_PER_CHECK == 0) {
                gate.checkOpen();
            }
            // What is near is reached in steps, which cost less than a seek.
            if (current > rows[i] || rows[i] - current > STEPS_MAX) {
                if (!at.seek(rows[i])) {
                    return;
                }
                current = at.row();
            }
            while (current < rows[i]) {
                if (!at.next()) {
                    return;
                }
                current = at.row();
            }
            if (current == rows[i] && matches(at) && !visitor.visit(this)) {
                return;
            }
        }
    }

    private boolean matches(RecordCursor at) {
        int length = at.read();
        candidate.moveTo(at.value(), length);
        return filter.test(candidate);
    }

    @Override
    public int read() {
        RecordCursor at = documents;
        if (at == null) {
            at = new RecordCursor(db, db.documents, collection, snapshot);
            documents = at;
        }
        gate.checkOpen(); // one long document may take a regex as long as many short ones
        int wanted = row();
        for (int steps = 0; steps < STEPS_MAX && documentRow >= 0 && documentRow < wanted; steps++) {
            moved(at, at.next());
        }
        if (documentRow != wanted) {
            moved(at, at.seek(wanted));
        }
        if (documentRow != wanted) {
            throw new RecordStoreException("collection " + collection + " has no document for row " + wanted
                    + ", though the record says so");
        }
        return at.read();
    }

    private void moved(RecordCursor at, boolean isThere) {
        documentRow = isThere ? at.row() : -1;
    }

    @Override
    public byte[] bytes() {
        RecordCursor at = documents;
        if (at == null) {
            throw new IllegalStateException("no document was read");
        }
        return at.value();
    }

    private RecordCursor records() {
        RecordCursor at = records;
        if (at == null) {
            at = new RecordCursor(db, db.records, collection, snapshot);
            records = at;
        }
        return at;
    }

    @Override
    public void close() {
        if (records != null) {
            records.close();
        }
        if (documents != null) {
            documents.close();
        }
    }
}
