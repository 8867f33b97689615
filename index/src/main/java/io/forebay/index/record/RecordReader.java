package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.MetadataCodec;
import io.forebay.model.MetadataValue;
import io.forebay.model.SparseVector;
import io.forebay.model.Where;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/**
 * A view of one collection as it was at one commit. Filters are answered by postings, see {@link FilterEvaluator}.
 *
 * <p>Threads: any number at a time; {@link #close} waits for calls inside, and a long scan inside ends early.
 *
 * <p>Failure: {@link IllegalStateException} once this or the store is closed or the collection dropped; a
 * filter that cannot be is a {@code ForebayException} before anything is read.
 */
public final class RecordReader implements AutoCloseable {
    private final Database db;
    private final int collection;
    private final Consumer<RecordReader> onClose;
    private final Gate gate = new Gate("record reader");
    private final Snapshot snapshot;
    private final ReadOptions reads;
    private final CollectionState state;

    RecordReader(Database db, int collection, Consumer<RecordReader> onClose) {
        this.db = db;
        this.collection = collection;
        this.onClose = onClose;
        snapshot = db.rocks.getSnapshot();
        reads = new ReadOptions().setSnapshot(snapshot);
        try {
            byte[] value = db.rocks.get(db.positions, reads, Keys.collection(collection));
            state = value == null ? Positions.NONE : Positions.decode(value);
        } catch (RocksDBException e) {
            release();
            throw Database.failed("read a position", e);
        } catch (RuntimeException e) {
            release();
            throw e;
        }
    }

    /** Fields that were not asked for, or that the record does not have, are null. */
    public record Row(int row, int ordinal, String id, @Nullable Map<String, MetadataValue> metadata,
            @Nullable String document, @Nullable String uri) {}

    /** @param throwing run now and then by long calls from now on, which its exception ends */
    public void checkedBy(Runnable throwing) {
        gate.alsoCheck(throwing);
    }

    /** For work that takes long between its calls. */
    public void checkEnded() {
        gate.checkOpen();
    }

    int collection() {
        return collection;
    }

    /** Of this view. */
    public CollectionState state() {
        return state;
    }

    public int count() {
        return state.live();
    }

    /** Rows of the ids that exist, ascending, unique. */
    public int[] rows(List<String> ids) {
        gate.enter();
        try {
            return rowsOf(ids);
        } finally {
            gate.exit();
        }
    }

    /**
     * Rows matching, ascending, after offset and limit.
     *
     * @param ids   null for all
     * @param where null for no filter
     * @param limit below 0 for none
     */
    public int[] select(@Nullable List<String> ids, @Nullable Where where, int offset, int limit) {
        return page(ids, where, offset, limit).rows().toArray();
    }

    /** As {@link #select}, and how many records were read for it. */
    public RowMatches page(@Nullable List<String> ids, @Nullable Where where, int offset, int limit) {
        Filter filter = WhereCompiler.compile(where);
        if (limit == 0) {
            return new RowMatches(new RoaringBitmap(), 0);
        }
        gate.enter();
        try (RowSelection selection = selection(filter)) {
            return selection.page(ids, where, Math.max(0, offset), limit < 0 ? Integer.MAX_VALUE : limit);
        } finally {
            gate.exit();
        }
    }

    /** All rows matching; arguments as for {@link #select}. */
    public RowMatches matches(@Nullable List<String> ids, @Nullable Where where) {
        Filter filter = WhereCompiler.compile(where);
        gate.enter();
        try (RowSelection selection = selection(filter)) {
            return selection.all(ids, where);
        } finally {
            gate.exit();
        }
    }

    /** Ordinals of the records matching: the allowed set for a vector search. */
    public RoaringBitmap ordinals(@Nullable List<String> ids, @Nullable Where where) {
        return ordinals(matches(ids, where).rows());
    }

    /** Ordinals of these rows; those that do not exist are passed over. */
    public RoaringBitmap ordinals(RoaringBitmap rows) {
        if (isOrdinalTheRow()) {
            return rows;
        }
        RoaringBitmap found = new RoaringBitmap();
        RecordScan.Visitor add = record -> {
            found.add(record.ordinal());
            return true;
        };
        gate.enter();
        try (RecordScan scan = new RecordScan(db, collection, snapshot, gate, Filter.ALL)) {
            if (rows.getLongCardinality() == state.live()) {
                scan.all(add);
            } else {
                scan.some(rows.toArray(), rows.getCardinality(), add);
            }
        } finally {
            gate.exit();
        }
        return found;
    }

    /**
     * The k records whose sparse vectors under a key have the largest dot products with this one, among those that share
     * an index with it.
     *
     * @param among rows of this view; null for all
     */
    public SparseHits nearest(String key, SparseVector query, int k, @Nullable RoaringBitmap among) {
        gate.enter();
        try (RecordScan scan = new RecordScan(db, collection, snapshot, gate, Filter.ALL)) {
            PostingReader postings = new PostingReader(db, reads, collection, state.nextRow(), gate);
            SparseSearch search = new SparseSearch(postings, new Terms(collection), gate, state.nextRow(),
                    among);
            return search.nearest(key, query, k, PostingStates.read(db, reads, collection, state), scan);
        } finally {
            gate.exit();
        }
    }

    /** No vector was ever replaced: then each row has the ordinal of its number. */
    public boolean isOrdinalTheRow() {
        return state.ordinals() == state.nextRow();
    }

    private RowSelection selection(Filter filter) {
        return new RowSelection(db, collection, snapshot, reads, state, gate, filter,
                ids -> RoaringBitmap.bitmapOf(rowsOf(ids)));
    }

    /** Rows in the order given; one that does not exist gives null. Only what is asked for is read. */
    public List<@Nullable Row> fetch(int[] rows, boolean metadata, boolean document, boolean uri) {
        if (rows.length == 0) {
            return new ArrayList<>();
        }
        gate.enter();
        try {
            List<byte[]> keys = new ArrayList<>(rows.length);
            for (int row : rows) {
                keys.add(Keys.row(collection, row));
            }
            List<byte @Nullable []> records = get(db.records, keys);
            List<byte @Nullable []> documents = document ? get(db.documents, keys) : List.of();
            List<@Nullable Row> fetched = new ArrayList<>(rows.length);
            RecordValue view = new RecordValue();
            for (int i = 0; i < rows.length; i++) {
                byte[] value = records.get(i);
                fetched.add(value == null
                        ? null
                        : row(rows[i], view.wrap(value, value.length), metadata,
                                document ? documents.get(i) : null, uri));
            }
            return fetched;
        } finally {
            gate.exit();
        }
    }

    private static Row row(int row, RecordValue record, boolean metadata, byte @Nullable [] document,
            boolean uri) {
        byte[] encoded = metadata ? record.metadata() : null;
        return new Row(row, record.ordinal, record.id(),
                encoded == null ? null : MetadataCodec.decode(encoded),
                text(record.hasDocument ? document : null), uri ? text(record.uri()) : null);
    }

    private static @Nullable String text(byte @Nullable [] utf8) {
        return utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
    }

    private int[] rowsOf(List<String> ids) {
        List<byte[]> keys = new ArrayList<>(ids.size());
        for (String id : ids) {
            keys.add(Keys.id(collection, id.getBytes(StandardCharsets.UTF_8)));
        }
        int[] rows = new int[keys.size()];
        int count = 0;
        for (byte[] value : get(db.ids, keys)) {
            if (value != null) {
                rows[count++] = (int) Keys.INT_BE.get(value, 0);
            }
        }
        return Arrays.stream(rows, 0, count).sorted().distinct().toArray();
    }

    private List<byte @Nullable []> get(ColumnFamilyHandle family, List<byte[]> keys) {
        if (keys.isEmpty()) {
            return List.of();
        }
        try {
            return db.rocks.multiGetAsList(reads, Collections.nCopies(keys.size(), family), keys);
        } catch (RocksDBException e) {
            throw Database.failed("read records", e);
        }
    }

    /** Of the whole view, under another number: see {@link RecordStore#copy}. */
    void copy(int to, Runnable check) {
        gate.enter();
        try {
            new Copying(db, snapshot, () -> {
                gate.checkOpen();
                check.run();
            }).copy(collection, to);
        } finally {
            gate.exit();
        }
    }

    /** Gives the view's resources back; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (gate.close()) {
            release();
            onClose.accept(this);
        }
    }

    private void release() {
        reads.close();
        db.rocks.releaseSnapshot(snapshot);
        snapshot.close();
    }
}
