package io.forebay.etl.commit;

import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.engine.WriteOptions;
import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Database;
import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import io.forebay.model.WriteAck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/** An engine, an import database and a history in a directory, that can be closed and opened again. */
final class World implements AutoCloseable {
    static final int DIMENSION = 8;
    private static final EnumSet<Include> ALL = EnumSet.of(Include.DOCUMENTS, Include.METADATAS, Include.URIS,
            Include.EMBEDDINGS);

    private final Path directory;
    private final ForebayOptions options;
    Forebay engine;
    ImportDatabase db;
    CommitHistory history;

    World(Path directory) {
        this(directory, small());
    }

    World(Path directory, ForebayOptions options) {
        this.directory = directory;
        this.options = options;
        open();
    }

    static ForebayOptions small() {
        return ForebayOptions.defaults().withExtentBytes(4 << 20).withDiskReserveBytes(0)
                .withRocksCacheBytes(16 << 20).withReadTimeoutMillis(30_000);
    }

    static long seed() {
        String given = System.getProperty("forebay.seed");
        long seed = given == null ? System.nanoTime() : Long.parseLong(given);
        System.err.println("seed=" + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        return seed;
    }

    private void open() {
        engine = Forebay.open(directory.resolve("store"), options);
        db = ImportDatabase.open(directory.resolve("imports"), 1 << 20);
        history = CommitHistory.open(db, engine);
    }

    void restart() {
        close();
        open();
    }

    @Override
    public void close() {
        history.close();
        db.close();
        engine.close();
    }

    UUID collection(String name) {
        return engine.getOrCreateCollection(name, CollectionConfig.DEFAULT).id();
    }

    void drop(String name) {
        engine.deleteCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, name).join();
    }

    // ---- writes through the API ----

    WriteAck write(UUID collection, Operation operation, List<StoredRecord> rows) {
        return engine.write(collection, batch(operation, rows), WriteOptions.DEFAULT).join();
    }

    WriteAck delete(UUID collection, List<String> ids) {
        return engine.delete(collection, new DeleteRequest(ids, null, null), WriteOptions.DEFAULT).join();
    }

    static RecordBatch batch(Operation operation, List<StoredRecord> rows) {
        RecordBatchBuilder builder = RecordBatch.builder(operation);
        rows.forEach(row -> builder.record(row.id(), operation == Operation.DELETE ? null : row.embedding(),
                row.document(), row.metadata(), row.uri()));
        return builder.build();
    }

    /** Of the id, the version, and nothing else. */
    static StoredRecord row(String id, int version) {
        Random random = new Random(31L * id.hashCode() + version);
        float[] embedding = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            embedding[i] = (float) random.nextGaussian();
        }
        return new StoredRecord(id, embedding, Map.of("version", MetadataValue.of(version)),
                "document " + id + " " + version, null);
    }

    static List<StoredRecord> rows(String prefix, int from, int to, int version) {
        List<StoredRecord> rows = new ArrayList<>();
        for (int i = from; i < to; i++) {
            rows.add(row(prefix + i, version));
        }
        return rows;
    }

    Map<String, StoredRecord> stored(UUID collection) {
        Map<String, StoredRecord> all = new HashMap<>();
        engine.get(collection, new GetRequest(null, null, null, 0, ALL), ReadOptions.DEFAULT).join()
                .forEach(row -> all.put(row.id(), row));
        return all;
    }

    // ---- imports, as the pipeline does them ----

    CommitDraft draft(UUID collection, UUID job) {
        return history.draft(new DraftRequest(collection, job, "import " + job, "somebody", null));
    }

    /** Writes to the engine, then to the draft. */
    void load(CommitDraft draft, List<StoredRecord> rows) {
        WriteAck ack = write(draft.collection(), Operation.UPSERT, rows);
        put(draft, rows.stream().map(row -> new RowChange(row.id(), row, source(row))).toList(),
                ack.records());
    }

    void remove(CommitDraft draft, List<String> ids) {
        WriteAck ack = delete(draft.collection(), ids);
        put(draft, ids.stream().map(id -> new RowChange(id, null, null)).toList(), ack.records());
    }

    void put(CommitDraft draft, List<RowChange> changes, long operations) {
        try (WriteBatch batch = new WriteBatch()) {
            draft.put(batch, changes, operations);
            db.write(batch, false);
        }
    }

    CommitInfo importAll(UUID collection, List<StoredRecord> rows) {
        CommitDraft draft = draft(collection, UUID.randomUUID());
        for (int i = 0; i < rows.size(); i += 500) {
            load(draft, rows.subList(i, Math.min(rows.size(), i + 500)));
        }
        return draft.finish();
    }

    static byte[] source(StoredRecord row) {
        return CanonicalRow
                .hash(("source of " + row.document()).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    // ---- looking ----

    List<CommitInfo> log(UUID collection) {
        return history.log(collection, 0, Integer.MAX_VALUE).commits();
    }

    long keys(Family family) {
        long count = 0;
        try (RocksIterator at = db.iterator(family)) {
            for (at.seekToFirst(); at.isValid(); at.next()) {
                count++;
            }
        }
        return count;
    }
}
