package io.forebay.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.Forebay;
import io.forebay.engine.Position;
import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.ImportSchema;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.OnDuplicate;
import io.forebay.etl.source.SourceOptions;
import io.forebay.model.Database;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.ReadOptions;
import io.forebay.model.StoredRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A store with its import service, for tests. */
final class ImportStore implements AutoCloseable {
    static final String COLLECTION = "docs";

    final Forebay engine;
    final Imports imports;

    ImportStore(Path directory, ImportOptions options) {
        this.engine = Forebay.open(directory);
        this.imports = Imports.open(directory.resolve("imports"), engine, options, SourceOptions.NONE,
                ImportMetrics.NONE);
    }

    /**
     * @param chunk            documents of a chunk
     * @param memoryThreshold  1 for one chunk after the other, five a second
     */
    static ImportOptions options(int chunk, long memoryThreshold, EmbeddingConnection... connections) {
        ImportOptions d = ImportOptions.defaults();
        List<EmbeddingConnection> all = new java.util.ArrayList<>(d.connections());
        all.addAll(List.of(connections));
        return new ImportOptions(1 << 20, 4, chunk, chunk, chunk, 4, memoryThreshold, 0, 50, 100,
                d.keepMillis(),
                d.orphanMillis(), 0, 50, d.embeddingCacheBytes(), 1 << 20, d.expandedRatioMax(),
                EmbeddingConnection.NONE, all);
    }

    JobSource.Spooled spool(String fileName, String content) {
        Upload upload = imports.upload();
        upload.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
        return new JobSource.Spooled(fileName, upload.finish(), null, null, null);
    }

    static ImportRequest request(JobSource source, @Nullable String connection, OnDuplicate onDuplicate,
            String collection) {
        return new ImportRequest(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, collection, null,
                source, connection, null, ImportSchema.DEFAULT, onDuplicate, "a message", "an author",
                "test");
    }

    Job submit(String content, OnDuplicate onDuplicate) {
        return imports.submit(request(spool("a.jsonl", content), null, onDuplicate, COLLECTION));
    }

    Job submit(String content) {
        return submit(content, OnDuplicate.SKIP);
    }

    Job ended(UUID id) {
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20))
                .until(() -> imports.job(id).state().isFinal());
        return imports.job(id);
    }

    Job completed(Job job) {
        Job ended = ended(job.id());
        assertThat(ended.state()).as(String.valueOf(ended.error())).isEqualTo(JobState.COMPLETED);
        return ended;
    }

    UUID collection() {
        return collection(COLLECTION);
    }

    UUID collection(String name) {
        return engine.collection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, name).id();
    }

    Map<String, StoredRecord> all(String name) {
        Map<String, StoredRecord> found = new TreeMap<>();
        engine.get(collection(name), new GetRequest(null, null, null, 0,
                EnumSet.of(Include.DOCUMENTS, Include.METADATAS, Include.EMBEDDINGS, Include.URIS)),
                ReadOptions.DEFAULT).join().forEach(one -> found.put(one.id(), one));
        return found;
    }

    Map<String, StoredRecord> all() {
        return all(COLLECTION);
    }

    void linked() {
        engine.flush(collection(), Position.LINKED).join();
    }

    /** A line with a vector of two that goes with the number. */
    static String line(int number, String text) {
        return "{\"id\":\"d" + number + "\",\"text\":\"" + text + "\",\"n\":" + number + ",\"embedding\":["
                + number
                + ".5,1]}\n";
    }

    static String lines(int from, int to, String text) {
        StringBuilder all = new StringBuilder();
        for (int i = from; i < to; i++) {
            all.append(line(i, text + i));
        }
        return all.toString();
    }

    @Override
    public void close() {
        imports.close();
        engine.close();
    }
}
