package io.forebay.server.golden;

import static org.awaitility.Awaitility.await;

import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.engine.Position;
import io.forebay.engine.WriteOptions;
import io.forebay.etl.ImportMetrics;
import io.forebay.etl.Imports;
import io.forebay.etl.Upload;
import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.ImportSchema;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.OnDuplicate;
import io.forebay.etl.source.SourceOptions;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Database;
import io.forebay.model.DeleteRequest;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.Space;
import io.forebay.model.SparseVector;
import io.forebay.wal.EntryHeader;
import io.forebay.wal.Wal;
import io.forebay.wal.WalConfig;
import io.forebay.wal.WalTools;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Makes a small store with something of everything that a store can hold, from a fixed seed: what its answers depend
 * on is the same whenever it is made; UUIDs and times are not.
 */
final class GoldenMaker {
    static final long EXTENT_BYTES = 1 << 20;
    static final int RECORDS = 560;
    private static final String[] WORDS = {"basin", "turbine", "water", "gate", "log", "größe", "水",
            "penstock"};
    private static final EntryHeader NONE = new EntryHeader(0, 0, (byte) 0, 1, 0);

    private final Path store;
    private final Random random = new Random(20261122);

    private GoldenMaker(Path store) {
        this.store = store;
    }

    static ForebayOptions options() {
        return ForebayOptions.defaults().withExtentBytes(EXTENT_BYTES).withDiskReserveBytes(0)
                .withRocksCacheBytes(16 << 20);
    }

    static ImportOptions imports() {
        ImportOptions d = ImportOptions.defaults();
        return new ImportOptions(1 << 20, 4, 16, 16, 16, 4, 0, 0, 50, 100, Long.MAX_VALUE / 2,
                d.orphanMillis(), 0,
                50, d.embeddingCacheBytes(), 1 << 20, d.expandedRatioMax(), EmbeddingConnection.NONE,
                d.connections());
    }

    static void make(Path store) {
        GoldenMaker maker = new GoldenMaker(store);
        int[] plain = new int[1];
        try (Forebay forebay = Forebay.open(store, options())) {
            maker.docs(forebay);
            maker.plain(forebay, plain);
            maker.poison(forebay);
            maker.imported(forebay);
            UUID gone = forebay.getOrCreateCollection("gone", CollectionConfig.DEFAULT).id();
            forebay.write(gone, maker.batch(Operation.ADD, "x", 0, 5, 8), WriteOptions.DEFAULT).join();
            forebay.deleteCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "gone").join();
            await().until(() -> forebay.removalsWaiting() == 0);
        }
        maker.tail(plain[0]);
    }

    private void docs(Forebay forebay) {
        UUID docs = forebay.getOrCreateCollection("docs", CollectionConfig.of(Space.COSINE)).id();
        forebay.write(docs, batch(Operation.ADD, "d", 0, RECORDS, 8), WriteOptions.DEFAULT).join();
        forebay.write(docs, batch(Operation.UPDATE, "d", 100, 130, 8), WriteOptions.DEFAULT).join();
        forebay.write(docs, batch(Operation.UPSERT, "d", 550, 570, 8), WriteOptions.DEFAULT).join();
        forebay.delete(docs, DeleteRequest.ofIds("d-3", "d-30", "d-300"), WriteOptions.DEFAULT).join();
        forebay.flush(docs, Position.LINKED).join();
    }

    private void plain(Forebay forebay, int[] number) {
        forebay.createTenant("other").join();
        forebay.createDatabase("other", "base").join();
        UUID plain = forebay
                .createCollection("other", "base", "plain", Map.of("made", MetadataValue.of("by hand")),
                        CollectionConfig.of(Space.L2), true)
                .join().id();
        forebay.write(plain, batch(Operation.ADD, "p", 0, 10, 3), WriteOptions.ofKey("golden-1")).join();
        forebay.flush(plain, Position.APPLIED).join();
        UUID fork = forebay.forkCollection(plain, "fork").join().id();
        forebay.write(fork, batch(Operation.UPSERT, "f", 0, 4, 3), WriteOptions.DEFAULT).join();
        forebay.flush(fork, Position.LINKED).join();
        number[0] = forebay.collection(plain).number();
    }

    /** A batch that no indexer can apply: the last record's metadata cannot be decoded. */
    private void poison(Forebay forebay) {
        UUID poisoned = forebay.getOrCreateCollection("poisoned", CollectionConfig.of(Space.IP)).id();
        forebay.write(poisoned, batch(Operation.ADD, "ok", 0, 2, 4), WriteOptions.DEFAULT).join();
        RecordBatch batch = batch(Operation.ADD, "bad", 1, 3, 4);
        ByteBuffer bytes = ByteBuffer.allocate(batch.encodedBytes()).put(batch.encoded()).flip();
        byte[] last = batch.metadataBytes(batch.size() - 1);
        int padding = (4 - bytes.limit() % 4) % 4;
        for (int at = bytes.limit() - last.length - padding - 4; at < bytes.limit(); at++) {
            bytes.put(at, (byte) 0xff);
        }
        forebay.write(poisoned, RecordBatch.wrap(bytes), WriteOptions.DEFAULT).join();
        forebay.flush(poisoned, Position.APPLIED).join();
    }

    private void imported(Forebay forebay) {
        try (Imports imports = Imports.open(store.resolve("imports"), forebay, imports(), SourceOptions.NONE,
                ImportMetrics.NONE)) {
            load(imports, lines(0, 20, "text") + "{\"id\":\n", OnDuplicate.SKIP);
            load(imports, lines(15, 30, "more"), OnDuplicate.UPDATE);
        }
    }

    private static void load(Imports imports, String content, OnDuplicate onDuplicate) {
        Upload upload = imports.upload();
        upload.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
        JobSource source = new JobSource.Spooled("a.jsonl", upload.finish(), null, null, null);
        Job job = imports.submit(new ImportRequest(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE,
                "imported", null,
                source, null, null, ImportSchema.DEFAULT, onDuplicate, "a message", "an author", "golden"));
        await().atMost(Duration.ofSeconds(60)).until(() -> imports.job(job.id()).state().isFinal());
    }

    private static String lines(int from, int to, String text) {
        StringBuilder all = new StringBuilder();
        for (int i = from; i < to; i++) {
            all.append("{\"id\":\"i").append(i).append("\",\"text\":\"").append(text).append(' ').append(i)
                    .append("\",\"n\":").append(i).append(",\"embedding\":[").append(i).append(".5,1]}\n");
        }
        return all.toString();
    }

    /** Entries that the log has and nobody has applied, as a kill leaves them. */
    private void tail(int collection) {
        Path log = store.resolve("wal");
        EntryHeader[] like = {NONE};
        WalTools.scan(log, (frame, payload) -> {
            if (frame.ofEntry() && frame.collection() == collection) {
                like[0] = new EntryHeader(collection, frame.incarnation(), frame.type(), 1, 0);
            }
        });
        try (Wal wal = Wal.open(log, WalConfig.defaults().withExtentBytes(EXTENT_BYTES).withReserve(0, 0))) {
            for (int i = 0; i < 3; i++) {
                RecordBatch batch = batch(Operation.UPSERT, "tail", 2 * i, 2 * i + 3, 3);
                EntryHeader header = new EntryHeader(collection, like[0].incarnation(), like[0].type(),
                        batch.size(),
                        0);
                wal.append(header, batch.encoded());
            }
            wal.sync();
        }
    }

    private RecordBatch batch(Operation operation, String prefix, int from, int to, int dimension) {
        RecordBatchBuilder batch = RecordBatch.builder(operation);
        for (int i = from; i < to; i++) {
            float[] vector = new float[dimension];
            for (int j = 0; j < dimension; j++) {
                vector[j] = Math.round(random.nextGaussian() * 1000) / 1000f;
            }
            String document = i % 5 == 0 ? null : WORDS[i % 8] + " " + WORDS[i % 3] + " number " + i;
            batch.record(prefix + "-" + i, vector, document, i % 7 == 0 ? null : metadata(i),
                    i % 6 == 0 ? "file:/" + i : null);
        }
        return batch.build();
    }

    private static Map<String, MetadataValue> metadata(int i) {
        Map<String, MetadataValue> all = new HashMap<>();
        all.put("page", MetadataValue.of(i));
        all.put("score", MetadataValue.of(i / 8.0));
        all.put("title", MetadataValue.of(WORDS[i % 8]));
        all.put("even", MetadataValue.of(i % 2 == 0));
        if (i % 3 == 0) {
            all.put("tags", new MetadataValue.StrArray(List.of(WORDS[i % 8], WORDS[i % 5])));
            all.put("numbers", new MetadataValue.IntArray(List.of((long) i, 7L)));
            all.put("sparse",
                    MetadataValue.of(new SparseVector(new int[]{i % 11, 40}, new float[]{1 + i, 0.5f})));
        }
        if (i % 50 == 0) {
            all.put("long", MetadataValue.of("x".repeat(80)));
            all.put("big", MetadataValue.of((1L << 53) + i));
        }
        return all;
    }
}
