package io.forebay.index.record;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;

/**
 * One RocksDB with its column families, and everything native that must live and die with it.
 *
 * <p>Invariants: RocksDB's own log is off (Forebay's log is the log), so {@code atomic_flush} is on: without
 * it a killed process finds its column families at different points.
 *
 * <p>Threads: RocksDB's own rules; nobody may be inside when {@link #close} is called (see {@link Gate}).
 */
final class Database implements AutoCloseable {
    private static final String POSTINGS = "postings";
    private static final List<String> FAMILIES = List.of("default", "catalog", "positions", "ids", "records",
            "documents", "keys", POSTINGS, "parked");
    /** Appends without a delimiter, in time linear in the number of appends (the plain one is quadratic). */
    private static final String APPENDING = "id=stringappendtest;delimiter=";
    /** Closed in reverse order of creation. */
    private final Deque<AutoCloseable> natives = new ArrayDeque<>();
    final RocksDB rocks;
    final Cache blockCache;
    final WriteOptions writes;
    /** The newest state of everything. */
    final ReadOptions reads;
    final FlushHook hook;
    final WriteTrouble trouble;
    final ColumnFamilyHandle catalog;
    final ColumnFamilyHandle positions;
    final ColumnFamilyHandle ids;
    final ColumnFamilyHandle records;
    final ColumnFamilyHandle documents;
    final ColumnFamilyHandle keys;
    final ColumnFamilyHandle postings;
    final ColumnFamilyHandle parked;
    /** As write batches name them; cached, since asking the handle is a native call. */
    final int positionsId;
    final int idsId;
    final int recordsId;
    final int documentsId;
    final int keysId;
    final int postingsId;
    final int parkedId;
    /** Those keyed by collection. */
    final List<ColumnFamilyHandle> byCollection;
    final List<ColumnFamilyHandle> all;

    /** @param present families that there are; null: all, made where they are missing */
    private Database(Path directory, RecordStoreConfig config, Runnable beforeFlush,
            @Nullable Set<String> present) throws RocksDBException {
        blockCache = own(new LRUCache(config.blockCacheBytes(), -1, false, 0.2));
        hook = own(new FlushHook(beforeFlush));
        trouble = new WriteTrouble(hook);
        writes = own(new WriteOptions()).setDisableWAL(true);
        reads = own(new ReadOptions());
        DBOptions options = own(options(config));
        BloomFilter bloom = own(new BloomFilter(10, false));
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        List<String> opened = FAMILIES.stream().filter(name -> present == null || present.contains(name))
                .toList();
        for (String name : opened) {
            ColumnFamilyOptions family = own(familyOptions(config, bloom));
            if (name.equals(POSTINGS)) {
                family.setMergeOperatorName(APPENDING);
            }
            descriptors.add(new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8), family));
        }
        all = new ArrayList<>();
        rocks = openOrRelease(options, directory, descriptors, present != null);
        all.forEach(natives::push);
        catalog = handle(opened, "catalog");
        positions = handle(opened, "positions");
        ids = handle(opened, "ids");
        records = handle(opened, "records");
        documents = handle(opened, "documents");
        keys = handle(opened, "keys");
        postings = handle(opened, POSTINGS);
        parked = handle(opened, "parked");
        positionsId = positions.getID();
        idsId = ids.getID();
        recordsId = records.getID();
        documentsId = documents.getID();
        keysId = keys.getID();
        postingsId = postings.getID();
        parkedId = parked.getID();
        byCollection = List.of(positions, ids, records, documents, keys, postings, parked);
    }

    static Database open(Path directory, RecordStoreConfig config, Runnable beforeFlush) {
        try {
            Files.createDirectories(directory);
            FormatMarker.checkOrCreate(directory, !Files.exists(directory.resolve("CURRENT")));
            NativeLibrary.load(directory.resolve("native"));
            return new Database(directory, config, beforeFlush, null);
        } catch (IOException | RocksDBException e) {
            throw new RecordStoreException("cannot open the record segment in " + directory + ": "
                    + e.getMessage(), e);
        }
    }

    /**
     * For looking: nothing is written, not even a file of RocksDB's own log. A family that an older format lacks is
     * empty.
     *
     * @throws RecordStoreException when it cannot be opened: also when a file that it needs is missing or damaged
     */
    static Database openReadOnly(Path directory, RecordStoreConfig config) {
        try (Options options = new Options()) {
            FormatMarker.check(directory);
            NativeLibrary.loadElsewhere();
            Set<String> present = new HashSet<>();
            for (byte[] name : RocksDB.listColumnFamilies(options, directory.toString())) {
                present.add(new String(name, StandardCharsets.UTF_8));
            }
            if (present.isEmpty()) {
                throw new RecordStoreException("cannot open the record segment in " + directory
                        + ": its file CURRENT, or the one that it names, is missing");
            }
            return new Database(directory, config, () -> {}, present);
        } catch (RocksDBException e) {
            throw new RecordStoreException("cannot open the record segment in " + directory + ": "
                    + e.getMessage(), e);
        }
    }

    /** The default family, which has nothing in it, in place of one that is not there. */
    private ColumnFamilyHandle handle(List<String> opened, String name) {
        return all.get(Math.max(0, opened.indexOf(name)));
    }

    private RocksDB openOrRelease(DBOptions options, Path directory, List<ColumnFamilyDescriptor> descriptors,
            boolean readOnly) throws RocksDBException {
        try {
            return own(readOnly
                    ? RocksDB.openReadOnly(options.setCreateIfMissing(false)
                            .setCreateMissingColumnFamilies(false), directory.toString(), descriptors, all)
                    : RocksDB.open(options, directory.toString(), descriptors, all));
        } catch (RocksDBException e) {
            close();
            throw e;
        }
    }

    private DBOptions options(RecordStoreConfig config) {
        return new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true)
                .setAtomicFlush(true)
                .setParanoidChecks(true)
                .setMaxBackgroundJobs(config.backgroundJobsMax())
                .setWriteBufferManager(own(new WriteBufferManager(config.memtablesBytesMax(), blockCache)))
                .setListeners(List.of(hook))
                .setBytesPerSync(1 << 20)
                .setMaxManifestFileSize(16 << 20)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(4 << 20)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                // close() flushes in its own step, where a failure is seen.
                .setAvoidFlushDuringShutdown(true);
    }

    private ColumnFamilyOptions familyOptions(RecordStoreConfig config, BloomFilter bloom) {
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setFormatVersion(6)
                .setBlockSize(16 << 10)
                .setFilterPolicy(bloom)
                .setBlockCache(blockCache)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinL0FilterAndIndexBlocksInCache(true);
        return new ColumnFamilyOptions()
                .setTableFormatConfig(table)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setWriteBufferSize(config.writeBufferBytes())
                .setMaxWriteBufferNumber(4);
    }

    private <T extends AutoCloseable> T own(T nativeObject) {
        natives.push(nativeObject);
        return nativeObject;
    }

    void write(WriteBatch batch) {
        trouble.run("write", () -> rocks.write(writes, batch));
    }

    static RecordStoreException failed(String what, RocksDBException e) {
        return new RecordStoreException("the record segment failed to " + what + ": " + e.getMessage(), e);
    }

    @Override
    public void close() {
        while (!natives.isEmpty()) {
            try {
                natives.pop().close();
            } catch (Exception e) {
                throw new RecordStoreException("cannot close a part of the record segment", e);
            }
        }
    }
}
