package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CatalogEntry;
import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.Finding;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Looks at a record segment that nobody has open, and writes nothing: whether its files check, each row can be read,
 * and ids, documents and postings are what follows from the records.
 *
 * <p>Memory: RocksDB's cache of 16 MiB, the sums of {@link PairCompare}, and of the collection that is looked at
 * three bits a record.
 *
 * <p>Threads: one owner. Failure: what cannot be opened at all is a {@link RecordStoreException}; everything else is
 * a finding.
 */
public final class RecordInspector implements AutoCloseable {
    private static final String PART = "records";
    private static final long BUFFER_BYTES = 1 << 20;
    private static final long CACHE_BYTES = 16 << 20;

    private final Path directory;
    private final Database db;

    private RecordInspector(Path directory, Database db) {
        this.directory = directory;
        this.db = db;
    }

    /**
     * What was compared of one collection.
     *
     * @param live    ordinals of the records that could be read
     * @param pairs   of metadata terms and rows
     * @param grams   of trigrams and rows
     * @param pending whether upkeep has something left to do, which is no damage
     */
    public record Looked(CollectionState state, RoaringBitmap live, long documents, long pairs, long grams,
            boolean pending) {}

    public static RecordInspector open(Path directory) {
        return new RecordInspector(directory, Database.openReadOnly(directory,
                new RecordStoreConfig(BUFFER_BYTES, 4 * BUFFER_BYTES, CACHE_BYTES, 1, 0)));
    }

    /** Reads all files whole; returns how many there are. */
    public int files(Consumer<Finding> out) {
        return TableFiles.check(db.rocks, directory, PART, out);
    }

    public List<CatalogEntry> catalog() {
        return new Catalog(db).read();
    }

    public long catalogSeqId() {
        return new Catalog(db).seqId();
    }

    /** Numbers under which there is any row, ascending; those of families that cannot be read are left out. */
    public List<Integer> numbers(Consumer<Finding> out) {
        TreeSet<Integer> found = new TreeSet<>();
        for (ColumnFamilyHandle family : db.byCollection) {
            try (RocksIterator at = db.rocks.newIterator(family)) {
                at.seekToFirst();
                while (at.isValid()) {
                    int number = (int) Keys.INT_BE.get(at.key(), 0);
                    found.add(number);
                    at.seek(Keys.afterCollection(number));
                }
                at.status();
            } catch (RocksDBException | RuntimeException damage) {
                out.accept(unreadable("a family", damage));
            }
        }
        return List.copyOf(found);
    }

    private static Finding unreadable(String what, Exception damage) {
        return Finding.damage("unreadable", PART, what + " cannot be read to its end: " + damage.getMessage())
                .means("what is behind that place was not looked at").todo(Finding.FROM_BACKUP);
    }

    /** Everything of one collection. */
    public Looked collection(int number, Consumer<Finding> out) {
        CollectionState state = state(number, out);
        if (state == null) {
            return new Looked(Positions.NONE, new RoaringBitmap(), 0, 0, 0, false);
        }
        RowCheck rows = new RowCheck(db, number, state, out);
        attempt(number, "records", null, out, rows::run);
        new SmallRows(db, number, state, out).run();
        long[] pairs = new long[2];
        boolean[] pending = {false};
        attempt(number, "ids", "ids", out,
                () -> ids(new ComparedPairs(db, number, PostingState.NEW, rows), number,
                        out));
        attempt(number, "postings", "postings", out, () -> {
            PostingState postings = PostingStates.read(db, db.reads, number, state);
            ComparedPairs compared = new ComparedPairs(db, number, postings, rows);
            pending[0] = postings.hasGap() || postings.textRows() < state.nextRow();
            PostingCheck check = new PostingCheck(db, number, postings, compared, out);
            pairs[0] = check.metadata();
            check.dead(state);
            pairs[1] = check.grams();
        });
        return new Looked(state, rows.ordinals, rows.documents(), pairs[0], pairs[1], pending[0]);
    }

    /** 0 when it cannot be read. */
    public long appliedSeqId(int number) {
        CollectionState state = state(number, ignored -> {});
        return state == null ? 0 : state.appliedSeqId();
    }

    private @Nullable CollectionState state(int number, Consumer<Finding> out) {
        try {
            byte[] value = db.rocks.get(db.positions, Keys.collection(number));
            if (value == null && Dropping.hasRows(db, number)) {
                throw new RecordStoreException("there is none, and there are rows");
            }
            return value == null ? Positions.NONE : Positions.decode(value);
        } catch (RocksDBException | RecordStoreException damage) {
            out.accept(Finding.damage("position", PART, "its position cannot be read: " + damage.getMessage())
                    .in(number).means("the store does not start; its records were not looked at")
                    .todo(Finding.FROM_BACKUP));
            return null;
        }
    }

    private static void attempt(int number, String what, @Nullable String rebuild, Consumer<Finding> out,
            Runnable work) {
        try {
            work.run();
        } catch (RuntimeException damage) {
            Finding found = unreadable("its " + what, damage).in(number);
            out.accept(rebuild == null ? found : found.rebuildable(rebuild));
        }
    }

    private void ids(ComparedPairs pairs, int number, Consumer<Finding> out) {
        PairCompare compare = new PairCompare(pairs::idsOfRecords, pairs::storedIds);
        compare.run(false, (isMissing, id, row) -> {
            String text = new String(id, StandardCharsets.UTF_8);
            String what = isMissing
                    ? "its record (row " + row + ") is not found by its id"
                    : "the id leads to row " + row + ", which "
                            + (idOf(db, number, row) == null ? "does not exist" : "is another record");
            out.accept(Finding.damage(isMissing ? "id-missing" : "id-wrong", PART, what).in(number).of(text)
                    .means(isMissing
                            ? "get, update and delete by this id miss it, and an add makes a second record"
                            : "get by this id answers nothing or another record")
                    .rebuildable("ids"));
        });
        PostingCheck.more(compare, "ids", "ids", number, out);
    }

    /** Of this row; null when it cannot be read. */
    static @Nullable String idOf(Database db, int collection, int row) {
        try {
            byte[] value = db.rocks.get(db.records, Keys.row(collection, row));
            return value == null ? null : new RecordValue().wrap(value, value.length).id();
        } catch (RocksDBException | RuntimeException damage) {
            return null;
        }
    }

    /** Ids of the records with these ordinals, the first so many. */
    public List<String> idsOf(int collection, RoaringBitmap ordinals, int limit) {
        List<String> found = new ArrayList<>();
        RecordValue view = new RecordValue();
        try {
            FamilyWalk.collection(db, db.records, collection, (key, value) -> {
                if (found.size() < limit && ordinals.contains(view.wrap(value, value.length).ordinal)) {
                    found.add(view.id());
                }
            });
        } catch (RuntimeException damage) {
            return found;
        }
        return found;
    }

    @Override
    public void close() {
        db.close();
    }
}
