package io.forebay.index.record;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record segments of all collections, in one RocksDB.
 *
 * <p>Threads: any, at any time. Of one collection one {@link Applier} at a time, used by one thread; appliers
 * of different collections run side by side. Every call passes a {@link Gate}, so that {@link #close} waits
 * for it and a later one gets {@link IllegalStateException}.
 *
 * <p>Invariants: what a batch changes and the collection's position are one atomic write; all column families
 * reach the disk together; so a store always holds exactly the operations up to the position that it states.
 * SeqIds begin at 1: position 0 is "nothing applied".
 *
 * <p>Failure: {@link RecordStoreException} when the store cannot read or write. What was not flushed is gone
 * after a crash, with its position; the engine applies it again from the log.
 */
public final class RecordStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecordStore.class);

    private final Database db;
    private final Gate gate = new Gate("record store");
    private final Set<RecordReader> readers = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<Integer, Applier> appliers = new ConcurrentHashMap<>();
    /** Outlive their appliers, since building one of a large collection is a scan. */
    private final ConcurrentHashMap<Integer, IdFilter> idFilters = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Integer, SeenKeys> seenKeys = new ConcurrentHashMap<>();
    private final AtomicLong idFilterBytesFree;
    private final Catalog catalog;
    final PostingStates postings;
    final Upkeep upkeep;
    private final DeadLetterRows deadLetters;
    private final Flushing flushing;

    private RecordStore(Database db, RecordStoreConfig config) {
        this.idFilterBytesFree = new AtomicLong(config.idFilterBytesMax());
        this.db = db;
        this.catalog = new Catalog(db);
        this.postings = new PostingStates(db);
        this.upkeep = new Upkeep(db, postings);
        this.flushing = new Flushing(db);
        this.deadLetters = new DeadLetterRows(db, gate);
    }

    /** One entry of the catalog; a null value deletes. */
    public record CatalogEntry(byte[] key, byte @Nullable [] value) {}

    /**
     * How far a collection has come.
     *
     * @param ordinals   given so far, dead ones included
     * @param live       records that exist
     * @param operations record operations applied so far
     */
    public record CollectionState(long appliedSeqId, int nextRow, int ordinals, int live, long operations) {}

    /**
     * Opens or creates.
     *
     * @param beforeFlush runs in RocksDB's flush thread before any flush, also an automatic one, writes its
     *                    first file: the engine syncs log and arenas there. It must not call this store. It
     *                    also runs inside {@link #flush}, {@link #drop} and {@link #close}
     */
    public static RecordStore open(Path directory, RecordStoreConfig config, Runnable beforeFlush) {
        return new RecordStore(Database.open(directory, config, beforeFlush), config);
    }

    /** Writes all entries and the seqId, or nothing. */
    public void writeCatalog(List<CatalogEntry> entries, long catalogSeqId) {
        gate.enter();
        try {
            catalog.write(entries, catalogSeqId);
        } finally {
            gate.exit();
        }
    }

    /** The one given with the last write; 0 before the first. */
    public long catalogSeqId() {
        gate.enter();
        try {
            return catalog.seqId();
        } finally {
            gate.exit();
        }
    }

    /** In order of keys. */
    public List<CatalogEntry> readCatalog() {
        gate.enter();
        try {
            return catalog.read();
        } finally {
            gate.exit();
        }
    }

    /** The keys of all applied batches that had one and were not forgotten: of all collections, also dropped ones. */
    public void readKeys(Consumer<BatchKey> each) {
        gate.enter();
        try {
            BatchKeyRows.read(db, each);
        } finally {
            gate.exit();
        }
    }

    /** Deletes the keys of the collection's batches up to this seqId, with the next flush also from disk. */
    public void forgetKeys(int collection, long throughSeqId) {
        gate.enter();
        try {
            BatchKeyRows.forget(db, collection, throughSeqId);
        } finally {
            gate.exit();
        }
    }

    /** The entries that were set aside, of all collections. */
    public DeadLetterRows deadLetters() {
        return deadLetters;
    }

    /** Why nothing can be written at present, by any collection; null when the last write or flush went well. */
    public @Nullable RecordStoreException trouble() {
        return db.trouble.now();
    }

    /** After a commit that was written and then could not be noted: what is remembered of the collection is read again. */
    void forgetCaches(int collection) {
        seenKeys.remove(collection);
        postings.forget(collection);
    }

    /** Zeros for a collection that nothing was applied to. */
    public CollectionState state(int collection) {
        gate.enter();
        try {
            byte[] value = db.rocks.get(db.positions, Keys.collection(collection));
            return value == null ? Positions.NONE : Positions.decode(value);
        } catch (RocksDBException e) {
            throw Database.failed("read a position", e);
        } finally {
            gate.exit();
        }
    }

    /** A new applier, which takes the place of an earlier one of this collection: that one works no more. */
    public Applier applier(int collection) {
        CollectionState state = state(collection);
        IdFilter filter = idFilters.computeIfAbsent(collection,
                number -> new IdFilter(db, number, state.live() == 0, idFilterBytesFree));
        Applier applier = new Applier(this, db, collection, state, postings.of(collection, state), filter,
                seen(collection));
        appliers.put(collection, applier);
        return applier;
    }

    /**
     * The metadata keys that the collection's records ever had, ordered, each with a mask of
     * {@link io.forebay.model.MetadataType#bit}; as of the last commit. The first call for a collection reads its rows.
     */
    public Map<String, Integer> seenKeys(int collection) {
        gate.enter();
        try {
            return seen(collection).published();
        } finally {
            gate.exit();
        }
    }

    private SeenKeys seen(int collection) {
        return seenKeys.computeIfAbsent(collection, number -> new SeenKeys(db, number));
    }

    /** A view of the collection as it is now; any thread; to be closed. */
    public RecordReader read(int collection) {
        gate.enter();
        try {
            // With the lock, a reader that a drop does not find was made after it.
            synchronized (readers) {
                RecordReader reader = new RecordReader(db, collection, readers::remove);
                readers.add(reader);
                return reader;
            }
        } finally {
            gate.exit();
        }
    }

    /** Whether {@link #upkeep} has something to do that is worth it. */
    public boolean isUpkeepDue(int collection, CollectionState state) {
        gate.enter();
        try {
            return upkeep.isDue(collection, state);
        } finally {
            gate.exit();
        }
    }

    /**
     * Does some milliseconds of what keeps filters fast: documents that were written since come into the text
     * index, postings of deleted records go. Like an {@link Applier}'s calls, by one thread at a time per
     * collection, and never beside one or between its first add and its commit.
     *
     * @return whether more is due
     */
    public boolean upkeep(int collection) {
        gate.enter();
        try {
            CollectionState state = state(collection);
            return upkeep.step(collection, state) && upkeep.isDue(collection, state);
        } finally {
            gate.exit();
        }
    }

    /** Of all records: a scan, needed at open when some ordinals are dead. */
    public RoaringBitmap liveOrdinals(int collection) {
        try (RecordReader reader = read(collection)) {
            return reader.ordinals(null, null);
        }
    }

    /**
     * Copies what the reader sees, without the keys of batches, under a number that no collection has. Not on disk before
     * the next {@link #flush}. What the copy left when it failed goes with {@link #drop}.
     *
     * @param check called now and then; what it throws ends the copy
     * @throws IllegalStateException if the reader is closed meanwhile, so also if its collection is dropped
     */
    public void copy(RecordReader source, int to, Runnable check) {
        gate.enter();
        try {
            source.copy(to, () -> {
                gate.checkOpen();
                check.run();
            });
        } finally {
            gate.exit();
        }
    }

    /**
     * Removes everything of the collection. Its open readers are closed: files are deleted under their
     * snapshots. Files that hold nothing else go at once, after a flush; the rest of its space comes back
     * with the next compactions. The collection's number must not be used again.
     */
    public void drop(int collection) {
        if (isWorthReclaiming(forget(List.of(collection)))) {
            flush();
            reclaim(List.of(collection));
        }
    }

    /**
     * The first half of {@link #drop}, for several at once: makes everything of them invisible and closes their readers;
     * what they have on disk, about so many bytes, stays until {@link #reclaim} or a compaction. Of those that are gone: 0.
     */
    public long forget(Collection<Integer> collections) {
        gate.enter();
        try {
            for (int collection : collections) {
                appliers.remove(collection);
                seenKeys.remove(collection);
                IdFilter filter = idFilters.remove(collection);
                if (filter != null) {
                    filter.release();
                }
                postings.forget(collection);
                upkeep.forget(collection);
            }
            long bytes = Dropping.markDeleted(db, collections);
            readersOf(Set.copyOf(collections)).forEach(RecordReader::close);
            return bytes;
        } finally {
            gate.exit();
        }
    }

    /** Whether {@link #reclaim} should be asked for so many bytes; fewer are left to the next compactions. */
    public static boolean isWorthReclaiming(long bytes) {
        return bytes >= Dropping.RECLAIM_BYTES_MIN;
    }

    /**
     * The second half of {@link #drop}, for several at once: gives back what they have on disk. After a {@link #flush}
     * behind {@link #forget}, for a file that is gone cannot come back, while a deletion in memory can be lost.
     */
    public void reclaim(Collection<Integer> collections) {
        gate.enter();
        try {
            Dropping.reclaim(db, collections);
        } finally {
            gate.exit();
        }
    }

    /** Whether there is any row of this collection, of whatever kind: for checks. */
    public boolean hasRows(int collection) {
        gate.enter();
        try {
            return Dropping.hasRows(db, collection);
        } finally {
            gate.exit();
        }
    }

    private List<RecordReader> readersOf(Set<Integer> collections) {
        synchronized (readers) {
            return readers.stream().filter(reader -> collections.contains(reader.collection())).toList();
        }
    }

    /** Brings everything to disk in one atomic step, and waits. */
    public void flush() {
        gate.enter();
        try {
            flushAll();
        } finally {
            gate.exit();
        }
    }

    /**
     * A flush, and what is then on disk once more as a record segment of its own in this directory, which must not be there:
     * by hard links, so that it costs nothing, where the file system has them.
     */
    public void checkpoint(Path directory) {
        gate.enter();
        try {
            flushing.checkpoint(directory);
            FormatMarker.write(directory);
        } finally {
            gate.exit();
        }
    }

    private void flushAll() {
        flushing.flush();
    }

    /**
     * In memory only, as far as RocksDB counts it: a few hundred bytes per column family remain after a
     * flush.
     */
    public long unflushedBytes() {
        gate.enter();
        try {
            return property("rocksdb.cur-size-all-mem-tables");
        } finally {
            gate.exit();
        }
    }

    public RecordStoreStats stats() {
        gate.enter();
        try {
            return new RecordStoreStats(property("rocksdb.live-sst-files-size"),
                    property("rocksdb.cur-size-all-mem-tables"), db.blockCache.getUsage(),
                    property("rocksdb.estimate-table-readers-mem"),
                    property("rocksdb.estimate-pending-compaction-bytes"),
                    db.rocks.getLongProperty("rocksdb.num-running-flushes"),
                    db.rocks.getLongProperty("rocksdb.num-running-compactions"),
                    db.rocks.getLongProperty("rocksdb.background-errors"), readers.size());
        } catch (RocksDBException e) {
            throw Database.failed("read its counters", e);
        } finally {
            gate.exit();
        }
    }

    void released(Applier applier) {
        appliers.remove(applier.collection(), applier);
    }

    /** For a call of this applier; {@link #exit} must follow. */
    void enter(Applier applier) {
        gate.enter();
        if (appliers.get(applier.collection()) != applier) {
            gate.exit();
            throw new IllegalStateException("another applier took over collection " + applier.collection()
                    + ", it was released, or the collection was dropped");
        }
    }

    void exit() {
        gate.exit();
    }

    private long property(String name) {
        try {
            return db.rocks.getAggregatedLongProperty(name);
        } catch (RocksDBException e) {
            throw Database.failed("read its counters", e);
        }
    }

    /** Flushes and closes; readers that are open are closed too. A second call does nothing. */
    @Override
    public void close() {
        if (!gate.close()) {
            return;
        }
        readers.forEach(RecordReader::close);
        try {
            flushAll();
        } catch (RecordStoreException e) {
            LOG.error("the last flush failed; the log still has what it would have written", e);
        } finally {
            db.close();
        }
    }
}
