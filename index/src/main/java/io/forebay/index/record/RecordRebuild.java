package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CatalogEntry;
import io.forebay.index.record.RecordStore.CollectionState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Derives again what of a record segment follows from the records, in a segment that nobody has open.
 *
 * <p>Threads: one owner. Each method may be run again at any time, also after a crash in its middle: it writes what
 * must be there, whatever is there. Postings are first marked as missing, in the write that deletes them, so that a
 * start after a crash makes the rest itself.
 *
 * <p>Failure: {@link RecordStoreException}, also when the records themselves cannot be read to their end.
 */
public final class RecordRebuild implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecordRebuild.class);
    private static final int ROWS_PER_WRITE = 10_000;
    private static final long BUFFER_BYTES = 16 << 20;

    private final Database db;
    private boolean flushed;

    private RecordRebuild(Database db) {
        this.db = db;
    }

    public static RecordRebuild open(Path directory) {
        return new RecordRebuild(Database.open(directory,
                new RecordStoreConfig(BUFFER_BYTES, 4 * BUFFER_BYTES, 2 * BUFFER_BYTES, 1, 0), () -> {}));
    }

    /**
     * For postings whose tables are damaged: takes the whole family away, tables and all. Those of all collections
     * must be made anew behind it, which a start does where nobody did.
     */
    public static void forgetPostings(Path directory) {
        try (RecordRebuild rebuild = open(directory)) {
            rebuild.db.rocks.dropColumnFamily(rebuild.db.postings);
            rebuild.flushed = true;
        } catch (RocksDBException e) {
            throw Database.failed("take damaged postings away", e);
        }
    }

    public List<CatalogEntry> catalog() {
        return new Catalog(db).read();
    }

    public CollectionState state(int collection) {
        try {
            byte[] value = db.rocks.get(db.positions, Keys.collection(collection));
            return value == null ? Positions.NONE : Positions.decode(value);
        } catch (RocksDBException e) {
            throw Database.failed("read a position", e);
        }
    }

    /** Of those that were given out; null when all are live. */
    public @Nullable RoaringBitmap liveOrdinals(int collection) {
        RoaringBitmap live = new RoaringBitmap();
        int ordinals = state(collection).ordinals();
        eachRecord(collection, (row, record) -> {
            if (Integer.compareUnsigned(record.ordinal, ordinals) < 0) {
                live.add(record.ordinal);
            }
        });
        return live.getLongCardinality() == ordinals ? null : live;
    }

    private interface EachRecord {
        void record(int row, RecordValue record);
    }

    private void eachRecord(int collection, EachRecord each) {
        RecordValue view = new RecordValue();
        FamilyWalk.collection(db, db.records, collection, (key, value) -> {
            if (key.length == Keys.ROW_KEY_BYTES) {
                int row = (int) Keys.INT_BE.get(key, Keys.PREFIX_BYTES);
                if (!view.wrap(value, value.length).isWhole()) {
                    throw new RecordStoreException("the record of row " + row + " ends too early");
                }
                each.record(row, view);
            }
        });
    }

    /**
     * Counts the records and looks for the highest row and ordinal; returns how many there are.
     *
     * @param room ordinals that there is place for: an ordinal not below it is damage, and is not followed
     */
    public int counts(int collection, long room) {
        CollectionState state = state(collection);
        int[] found = {0, state.nextRow(), state.ordinals()};
        eachRecord(collection, (row, record) -> {
            found[0]++;
            found[1] = Math.max(found[1], row + 1);
            if (Integer.toUnsignedLong(record.ordinal) < room) {
                found[2] = Math.max(found[2], record.ordinal + 1);
            }
        });
        CollectionState counted = new CollectionState(state.appliedSeqId(), found[1], found[2], found[0],
                state.operations());
        if (!counted.equals(state)) {
            BatchSink sink = new BatchSink();
            sink.put(db.positionsId, Keys.collection(collection), Positions.encode(counted));
            write(sink);
        }
        return found[0];
    }

    /**
     * Writes the row of each record's id, and removes ids that lead to no record of theirs; says what changed. Two
     * records of one id, which a lost id row lets happen, keep the one of the higher row, which was added last.
     */
    public String ids(int collection) {
        Ids ids = new Ids(collection);
        eachRecord(collection, ids::put);
        ids.flush();
        FamilyWalk.collection(db, db.ids, collection, ids::removeWrong);
        ids.flush();
        return ids.put + " written, " + ids.removed + " removed";
    }

    /** Collects writes, so that none is large. */
    private final class Ids {
        private final int collection;
        private final BatchSink sink = new BatchSink();
        private int put;
        private int removed;

        Ids(int collection) {
            this.collection = collection;
        }

        void put(int row, RecordValue record) {
            byte[] id = record.idBytes();
            try {
                byte[] found = db.rocks.get(db.ids, Keys.id(collection, id));
                if (found != null && found.length == 4
                        && leadsRight((int) Keys.INT_BE.get(found, 0), row, record)) {
                    return;
                }
            } catch (RocksDBException damaged) {
                LOG.debug("an id is written over what cannot be read: {}", damaged.getMessage());
            }
            sink.putId(db.idsId, collection, id, row);
            put++;
            if (sink.entries() >= ROWS_PER_WRITE) {
                flush();
            }
        }

        /** To this record, or to a later one of the same id, which stands. */
        private boolean leadsRight(int found, int row, RecordValue record) {
            return found == row || Integer.compareUnsigned(found, row) > 0
                    && record.id().equals(RecordInspector.idOf(db, collection, found));
        }

        void removeWrong(byte[] key, byte[] value) {
            byte[] id = Arrays.copyOfRange(key, Keys.PREFIX_BYTES, key.length);
            int row = value.length == 4 ? (int) Keys.INT_BE.get(value, 0) : -1;
            String leadsTo = RecordInspector.idOf(db, collection, row);
            if (leadsTo == null || !leadsTo.equals(new String(id, StandardCharsets.UTF_8))) {
                sink.deleteId(db.idsId, collection, id);
                removed++;
            }
            if (sink.entries() >= ROWS_PER_WRITE) {
                flush();
            }
        }

        void flush() {
            if (!sink.isEmpty()) {
                write(sink);
                sink.clear();
            }
        }
    }

    /** Removes documents of rows that do not exist or say that they have none; returns how many. */
    public int orphanDocuments(int collection) {
        RoaringBitmap withDocument = new RoaringBitmap();
        eachRecord(collection, (row, record) -> {
            if (record.hasDocument) {
                withDocument.add(row);
            }
        });
        List<Integer> orphans = new ArrayList<>();
        FamilyWalk.collection(db, db.documents, collection, (key, value) -> {
            int row = (int) Keys.INT_BE.get(key, Keys.PREFIX_BYTES);
            if (!withDocument.contains(row)) {
                orphans.add(row);
            }
        });
        BatchSink sink = new BatchSink();
        orphans.forEach(row -> sink.deleteRow(db.documentsId, collection, row));
        if (!sink.isEmpty()) {
            write(sink);
        }
        return orphans.size();
    }

    /** Deletes all postings and makes them anew; returns how many records they are of. */
    public int postings(int collection) {
        CollectionState state = state(collection);
        PostingState none = PostingState.withoutPostings(state.nextRow());
        Terms key = new Terms(collection);
        key.state();
        try (WriteBatch batch = new WriteBatch()) {
            batch.deleteRange(db.postings, Keys.collection(collection), Keys.afterCollection(collection));
            batch.put(db.postings, key.toByteArray(), none.encode());
            db.write(batch);
        } catch (RocksDBException e) {
            throw Database.failed("delete postings", e);
        }
        PostingStates states = new PostingStates(db);
        Upkeep upkeep = new Upkeep(db, states);
        while (upkeep.step(collection, state)) {
            flushIfLarge();
        }
        return state.live();
    }

    private void flushIfLarge() {
        try {
            if (db.rocks.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables") > 2 * BUFFER_BYTES) {
                flush();
            }
        } catch (RocksDBException e) {
            throw Database.failed("read its counters", e);
        }
    }

    private void write(BatchSink sink) {
        try (WriteBatch batch = new WriteBatch(sink.toByteArray())) {
            db.write(batch);
        }
    }

    private void flush() throws RocksDBException {
        try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
            db.rocks.flush(options, db.all);
        }
    }

    @Override
    public void close() {
        try {
            if (!flushed) {
                flush();
            }
        } catch (RocksDBException e) {
            throw Database.failed("bring what was derived to disk", e);
        } finally {
            db.close();
        }
    }
}
