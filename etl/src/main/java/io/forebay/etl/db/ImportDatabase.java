package io.forebay.etl.db;

import io.forebay.engine.check.TableCheck;
import io.forebay.model.ErrorCode;
import io.forebay.model.Finding;
import io.forebay.model.ForebayException;
import io.forebay.model.file.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionOptionsFIFO;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * What the import service keeps: jobs with their checkpoints, errors, commits with their rows, and embeddings that were
 * made. It stands beside the record segment's RocksDB and not in it, because that one has no write-ahead log of its own
 * and goes back to its last checkpoint after a kill, while a job's checkpoint must not (docs/decisions/0018). Here the
 * write-ahead log is on: what {@link #write} has returned for survives a kill, and with {@code sync} a power loss.
 *
 * <p>Threads: any. One write batch is atomic over all families.
 *
 * <p>Failure: what RocksDB refuses comes as UNAVAILABLE, or INSUFFICIENT_STORAGE when the disk is full.
 *
 * <p>Format: a file {@code FORMAT} with {@code forebay-imports 1}, written aside, synced and renamed before there is a
 * database; RocksDB's blocks and log have checksums. Who owns a family says how its keys and values look.
 */
public final class ImportDatabase implements AutoCloseable {
    private static final String FORMAT = "FORMAT";
    private static final String WORD = "forebay-imports ";
    private static final int VERSION = 1;
    private static final long CACHE_BYTES = 32L << 20;
    private static final long WRITE_BUFFER_BYTES = 16L << 20;

    /** Column families. Their names are in the files: do not rename them. */
    public enum Family {
        JOBS, ERRORS, COMMITS, CHANGES, TREES, ROWS,
        /** Bounded: the oldest go. */
        EMBEDDINGS
    }

    private final RocksDB db;
    private final Map<Family, ColumnFamilyHandle> families = new EnumMap<>(Family.class);
    private final List<RocksObject> owned = new ArrayList<>();
    private final WriteOptions quick = new WriteOptions();
    private final WriteOptions synced = new WriteOptions().setSync(true);

    /** @param embeddingBytesMax how much of embeddings to remember */
    public static ImportDatabase open(Path directory, long embeddingBytesMax) {
        try {
            RocksDB.loadLibrary(); // does nothing behind an engine, which has loaded it from a place of its own
            Files.createDirectories(directory);
            checkFormat(directory);
            return new ImportDatabase(directory, embeddingBytesMax, false);
        } catch (IOException | RocksDBException e) {
            throw new ForebayException(ErrorCode.UNAVAILABLE,
                    "The import database in " + directory + " cannot be opened: " + e.getMessage(), e);
        }
    }

    /**
     * For looking: nothing is written. What is in its write-ahead log is read into memory.
     *
     * @throws ForebayException UNAVAILABLE, also when it is damaged or of a newer Forebay
     */
    public static ImportDatabase openReadOnly(Path directory) {
        try {
            RocksDB.loadLibrary(); // does nothing behind an engine, which has loaded it from a place of its own
            requireFormat(directory.resolve(FORMAT));
            return new ImportDatabase(directory, 1 << 20, true);
        } catch (IOException | RocksDBException | IllegalArgumentException e) {
            throw new ForebayException(ErrorCode.UNAVAILABLE,
                    "The import database in " + directory + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private ImportDatabase(Path directory, long embeddingBytesMax, boolean readOnly)
            throws RocksDBException {
        Cache cache = own(new LRUCache(CACHE_BYTES));
        BloomFilter bloom = own(new BloomFilter(10, false));
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options(cache, bloom)));
        for (Family family : Family.values()) {
            ColumnFamilyOptions options = options(cache, bloom);
            if (family == Family.EMBEDDINGS) {
                options.setCompactionStyle(CompactionStyle.FIFO).setCompactionOptionsFIFO(
                        own(new CompactionOptionsFIFO().setMaxTableFilesSize(embeddingBytesMax)));
            }
            if (family == Family.ROWS) {
                // Written once, under keys in no order: compactions move the keys only.
                options.setEnableBlobFiles(true).setMinBlobSize(256)
                        .setBlobCompressionType(CompressionType.LZ4_COMPRESSION)
                        .setEnableBlobGarbageCollection(true);
            }
            descriptors.add(new ColumnFamilyDescriptor(family.name().getBytes(StandardCharsets.UTF_8),
                    options));
        }
        DBOptions options = own(new DBOptions().setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true).setMaxTotalWalSize(64L << 20).setKeepLogFileNum(2)
                .setMaxBackgroundJobs(2));
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            db = readOnly
                    ? RocksDB.openReadOnly(options.setCreateIfMissing(false)
                            .setCreateMissingColumnFamilies(false), directory.toString(), descriptors,
                            handles)
                    : RocksDB.open(options, directory.toString(), descriptors, handles);
        } catch (RocksDBException e) {
            owned.forEach(RocksObject::close);
            quick.close();
            synced.close();
            throw e;
        }
        owned.addAll(handles);
        for (Family family : Family.values()) {
            families.put(family, handles.get(family.ordinal() + 1));
        }
    }

    private ColumnFamilyOptions options(Cache cache, BloomFilter bloom) {
        return own(new ColumnFamilyOptions()
                .setWriteBufferSize(WRITE_BUFFER_BYTES).setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(bloom)
                        .setCacheIndexAndFilterBlocks(true)));
    }

    private <T extends RocksObject> T own(T object) {
        owned.add(object);
        return object;
    }

    private static void checkFormat(Path directory) throws IOException {
        Path file = directory.resolve(FORMAT);
        boolean isNew = !Files.exists(directory.resolve("CURRENT")); // RocksDB makes it last
        if (!Files.exists(file) || isNew && Files.size(file) == 0) {
            writeFormat(file);
            return;
        }
        requireFormat(file);
    }

    private static void requireFormat(Path file) throws IOException {
        String content = Files.readString(file).strip();
        if (!content.equals(WORD + VERSION)) {
            throw new IOException(file + " says [" + content + "]; this Forebay knows " + WORD + VERSION);
        }
    }

    private static void writeFormat(Path file) throws IOException {
        DurableFiles.replace(file, ".tmp", (WORD + VERSION + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** For {@link WriteBatch#put(ColumnFamilyHandle, byte[], byte[])} and its like. */
    public ColumnFamilyHandle family(Family family) {
        ColumnFamilyHandle handle = families.get(family);
        if (handle == null) {
            throw new IllegalStateException("closed");
        }
        return handle;
    }

    /** Compares the tables with their checksums; returns how many there are. */
    public int checkTables(Path directory, Consumer<Finding> out) {
        return TableCheck.of(db, directory, "imports", out);
    }

    /** Shows all of a family, in the order of its keys; UNAVAILABLE when it cannot be read to its end. */
    public void walk(Family family, BiConsumer<byte[], byte[]> each) {
        try (ReadOptions options = new ReadOptions().setFillCache(false).setReadaheadSize(1 << 20);
                RocksIterator at = iterator(family, options)) {
            for (at.seekToFirst(); at.isValid(); at.next()) {
                each.accept(at.key(), at.value());
            }
            at.status();
        } catch (RocksDBException e) {
            throw failure("read", e);
        }
    }

    public byte @Nullable [] get(Family family, byte[] key) {
        try {
            return db.get(family(family), key);
        } catch (RocksDBException e) {
            throw failure("read", e);
        }
    }

    /** In the order of the keys; null where there is nothing. */
    public List<byte @Nullable []> getAll(Family family, List<byte[]> keys) {
        if (keys.isEmpty()) {
            return List.of(); // which RocksDB refuses
        }
        try {
            ColumnFamilyHandle[] handles = new ColumnFamilyHandle[keys.size()];
            Arrays.fill(handles, family(family));
            return db.multiGetAsList(Arrays.asList(handles), keys);
        } catch (RocksDBException e) {
            throw failure("read", e);
        }
    }

    /** Close it. It sees the family as it is now. */
    public RocksIterator iterator(Family family) {
        return db.newIterator(family(family));
    }

    /** Close both. */
    public RocksIterator iterator(Family family, ReadOptions options) {
        return db.newIterator(family(family), options);
    }

    public void put(Family family, byte[] key, byte[] value, boolean sync) {
        try {
            db.put(family(family), sync ? synced : quick, key, value);
        } catch (RocksDBException e) {
            throw failure("written", e);
        }
    }

    /** Everything in the batch or nothing. */
    public void write(WriteBatch batch, boolean sync) {
        try {
            db.write(sync ? synced : quick, batch);
        } catch (RocksDBException e) {
            throw failure("written", e);
        }
    }

    /**
     * A copy in this directory, which must not be there: by hard links where it can. What was written before the call is
     * in it.
     */
    public void checkpoint(Path target) {
        try (Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(target.toString());
            writeFormat(target.resolve(FORMAT));
        } catch (RocksDBException e) {
            throw failure("copied", e);
        } catch (IOException e) {
            throw new ForebayException(ErrorCode.UNAVAILABLE,
                    "The import database cannot be copied: " + e.getMessage(), e);
        }
    }

    private static ForebayException failure(String what, RocksDBException e) {
        boolean full = String.valueOf(e.getMessage()).contains("No space left");
        return new ForebayException(full ? ErrorCode.INSUFFICIENT_STORAGE : ErrorCode.UNAVAILABLE,
                "The import database cannot be " + what + ": " + e.getMessage(), e);
    }

    @Override
    public void close() {
        families.clear();
        for (int i = owned.size() - 1; i >= 0; i--) {
            if (owned.get(i) instanceof ColumnFamilyHandle) {
                owned.get(i).close();
            }
        }
        db.close();
        owned.stream().filter(o -> !(o instanceof ColumnFamilyHandle)).forEach(RocksObject::close);
        quick.close();
        synced.close();
    }
}
