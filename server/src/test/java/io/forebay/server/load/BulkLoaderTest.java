package io.forebay.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.client.CollectionClient;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.client.load.BulkLoader;
import io.forebay.client.load.LoadCheckpoint;
import io.forebay.client.load.LoadProgress;
import io.forebay.client.load.PositionRange;
import io.forebay.client.load.RecordError;
import io.forebay.model.CollectionConfig;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import io.forebay.model.StoredRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real server. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BulkLoaderTest {
    private static final int DIMENSION = 8;

    @TempDir
    Path folder;
    private LoadServer server;
    private ForebayClient client;
    private CollectionClient docs;

    @BeforeEach
    void start() {
        server = LoadServer.start(folder.resolve("store"));
        client = server.client();
        docs = client.createCollection("docs", CollectionConfig.of(Space.L2));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private void speak(boolean binary) {
        client.close();
        client = LoadServer.client(binary ? server.binaryUrl() : server.url());
        docs = client.collection("docs");
    }

    static float[] embedding(long position) {
        float[] values = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            values[i] = (float) Math.sin(position * 31 + i);
        }
        return values;
    }

    private static void addAt(BulkLoader loader, long position) {
        loader.addAt(position, "r" + position, embedding(position), "document " + position,
                Map.of("n", MetadataValue.of(position)), position % 2 == 0 ? "uri:" + position : null);
    }

    private void assertLoaded(int records, List<Long> missing) {
        Map<String, StoredRecord> all = new HashMap<>();
        for (StoredRecord record : docs.get(GetRequest.ofIds(java.util.stream.IntStream.range(0, records)
                .mapToObj(i -> "r" + i).toArray(String[]::new)))) {
            all.put(record.id(), record);
        }
        for (long i = 0; i < records; i++) {
            StoredRecord record = all.remove("r" + i);
            if (missing.contains(i)) {
                assertThat(record).as("record %d", i).isNull();
                continue;
            }
            assertThat(record).as("record %d", i).isNotNull();
            assertThat(record.embedding()).isEqualTo(embedding(i));
            assertThat(record.document()).isEqualTo("document " + i);
            assertThat(record.metadata()).isEqualTo(Map.of("n", MetadataValue.of(i)));
            assertThat(record.uri()).isEqualTo(i % 2 == 0 ? "uri:" + i : null);
        }
        assertThat(all).isEmpty();
        assertThat(docs.count()).isEqualTo(records - missing.size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manyProducersLoadEverythingOnce(boolean binary) throws Exception {
        speak(binary);
        int producers = 4;
        int each = 1_500;
        try (BulkLoader loader = BulkLoader.builder(client, docs).build()) {
            List<CompletableFuture<Void>> ends = new ArrayList<>();
            for (int p = 0; p < producers; p++) {
                int from = p * each;
                ends.add(CompletableFuture.runAsync(() -> {
                    for (int i = from; i < from + each; i++) {
                        addAt(loader, i);
                    }
                }));
            }
            CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).join();
            loader.flush(FlushPosition.LINKED);
            LoadProgress progress = loader.progressAsync().join();
            assertThat(progress.acked()).isEqualTo(producers * each);
            assertThat(progress.linked()).isEqualTo(producers * each);
        }
        assertLoaded(producers * each, List.of());
        assertThat(server.operations("docs")).isEqualTo(producers * each);
    }

    @Test
    void batchesAndSingleRecordsWithoutPlacesAreCounted() throws Exception {
        try (BulkLoader loader = BulkLoader.builder(client, docs).build()) {
            loader.addBatch(RecordBatch.builder(Operation.ADD)
                    .record("r0", embedding(0), "document 0", Map.of("n", MetadataValue.of(0L)), "uri:0")
                    .record("r1", embedding(1), "document 1", Map.of("n", MetadataValue.of(1L)), null)
                    .build());
            assertThat(loader.offer("r2", embedding(2), "document 2", Map.of("n", MetadataValue.of(2L)),
                    "uri:2"))
                    .isTrue();
        }
        assertLoaded(3, List.of());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void badRecordsAreFoundAndTheRestIsLoaded(boolean binary) throws Exception {
        speak(binary);
        docs.write(RecordBatch.builder(Operation.ADD).record("first", embedding(0)).build());
        List<Long> bad = List.of(0L, 77L, 1_999L);
        List<RecordError> errors = new CopyOnWriteArrayList<>();
        try (BulkLoader loader = BulkLoader.builder(client, docs).batchRecords(500).errorsMax(3)
                .onError(errors::add).build()) {
            for (long i = 0; i < 2_000; i++) {
                if (bad.contains(i)) {
                    loader.addAt(i, "r" + i, new float[]{1, 2, 3}, null, null, null);
                } else {
                    addAt(loader, i);
                }
            }
            loader.flush();
            assertThat(loader.progress().refused()).isEqualTo(3);
            assertThat(loader.progress().acked()).isEqualTo(1_997);
        }
        docs.delete(new io.forebay.model.DeleteRequest(List.of("first"), null, null));
        assertThat(errors).extracting(RecordError::position).containsExactlyInAnyOrderElementsOf(bad);
        assertThat(errors).allSatisfy(error -> assertThat(error.reason()).containsIgnoringCase("dimension"));
        assertLoaded(2_000, bad);
    }

    @Test
    void oneBadRecordTooManyEndsTheLoad() throws Exception {
        List<RecordError> errors = new CopyOnWriteArrayList<>();
        BulkLoader loader = BulkLoader.builder(client, docs).errorsMax(1).onError(errors::add).build();
        addAt(loader, 0);
        loader.flush();
        loader.refuseAt(1, null, "the line is not JSON");
        assertThatThrownBy(() -> {
            loader.addAt(2, "r2", new float[]{1}, null, null, null);
            loader.flush();
        }).isInstanceOf(ForebayException.class).hasMessageContaining("more than 1 records were refused");
        assertThatThrownBy(() -> addAt(loader, 3)).hasMessageContaining("more than 1 records were refused");
        assertThatThrownBy(loader::close).hasMessageContaining("more than 1 records were refused");
        assertThat(errors).extracting(RecordError::position).containsExactly(1L, 2L);
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void whoIsToldOfABadRecordAndFailsEndsTheLoad() throws Exception {
        BulkLoader loader = BulkLoader.builder(client, docs).errorsMax(5).onError(error -> {
            throw new StackOverflowError("of whoever is told");
        }).build();
        // Refused when the request is made, before anything is sent.
        loader.addAt(0, "r0", embedding(0), null, Map.of("#x", MetadataValue.of(1L)), null);
        assertThatThrownBy(loader::finish).isInstanceOf(ForebayException.class)
                .hasMessageContaining("of whoever is told");
        loader.stop();
    }

    private BulkLoader resumable(@Nullable Path checkpoint, String fingerprint) throws IOException {
        return BulkLoader.builder(client, docs).batchRecords(100)
                .checkpoint(java.util.Objects.requireNonNull(checkpoint), "source", fingerprint).build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStoppedLoadGoesOnAndDoesNothingTwice(boolean binary) throws Exception {
        speak(binary);
        Path checkpoint = folder.resolve("load");
        try (BulkLoader loader = resumable(checkpoint, "a")) {
            for (long i = 0; i < 950; i++) {
                addAt(loader, i);
            }
            loader.stop();
        }
        LoadCheckpoint left = LoadCheckpoint.read(checkpoint);
        assertThat(left.complete()).isFalse();
        assertThat(left.contiguous()).isBetween(0L, 950L);
        try (BulkLoader loader = resumable(checkpoint, "a")) {
            assertThat(loader.resumeFrom()).isEqualTo(left.contiguous());
            for (long i = 0; i < 2_050; i++) {
                addAt(loader, i);
            }
            loader.finish();
            assertThat(loader.progress().acked()).isEqualTo(2_050);
        }
        assertThat(LoadCheckpoint.read(checkpoint).complete()).isTrue();
        assertThat(LoadCheckpoint.read(checkpoint).done()).containsExactly(new PositionRange(0, 2_050));
        assertLoaded(2_050, List.of());
        assertThat(server.operations("docs")).isEqualTo(2_050);
    }

    @Test
    void theLockOfACheckpointIsOneFileForAllLoads() throws Exception {
        Path checkpoint = folder.resolve("load");
        Path lock = folder.resolve("load.lock");
        Object first;
        try (BulkLoader loader = resumable(checkpoint, "a")) {
            first = Files.readAttributes(lock, BasicFileAttributes.class).creationTime();
            loader.flush();
        }
        assertThat(lock).isEmptyFile();
        try (BulkLoader loader = resumable(checkpoint, "a")) {
            assertThat(Files.readAttributes(lock, BasicFileAttributes.class).creationTime()).isEqualTo(first);
            loader.flush();
        }
    }

    @Test
    void aCheckpointOfAnotherLoadIsRefused() throws Exception {
        Path checkpoint = folder.resolve("load");
        resumable(checkpoint, "a").close();
        assertThatThrownBy(() -> resumable(checkpoint, "b")).hasMessageContaining("the source has changed");
        try (BulkLoader holder = resumable(checkpoint, "a")) {
            assertThatThrownBy(() -> resumable(checkpoint, "a")).hasMessageContaining("another load uses");
        }
        client.deleteCollection("docs");
        docs = client.createCollection("docs", CollectionConfig.of(Space.L2));
        assertThatThrownBy(() -> resumable(checkpoint, "a")).hasMessageContaining("another collection");
    }

    @Test
    void recordsOfOneIdKeepTheOrderOfTheSource() throws Exception {
        try (BulkLoader loader = BulkLoader.builder(client, docs).operation(Operation.UPSERT).batchRecords(10)
                .concurrency(8).build()) {
            for (int i = 0; i < 2_000; i++) {
                loader.add("r" + i % 7, embedding(i), "version " + i, null, null);
            }
        }
        List<String> last = new ArrayList<>();
        for (StoredRecord record : docs.get(GetRequest.first(10))) {
            last.add(record.document());
        }
        Collections.sort(last);
        assertThat(last).containsExactly("version 1993", "version 1994", "version 1995", "version 1996",
                "version 1997", "version 1998", "version 1999");
    }

    @Test
    void whileTheServerIsAwayMemoryIsBounded() throws Exception {
        server.close();
        BulkLoader loader = BulkLoader.builder(client, docs).bytesMax(1 << 20).patience(Duration.ofMinutes(5))
                .build();
        int taken = 0;
        while (loader.offer("r" + taken, new float[1_000], null, null, null)) {
            taken++;
        }
        assertThat(taken).isBetween(50, (1 << 20) / 4_000);
        loader.stop();
        assertThatThrownBy(() -> addAt(loader, 9_999)).hasMessageContaining("stopped");
        server = LoadServer.start(folder.resolve("store"));
    }

    @Test
    void aLoadEndsWhenTheServerIsAwayForTooLong() throws Exception {
        server.close();
        BulkLoader loader = BulkLoader.builder(client, docs).patience(Duration.ZERO).build();
        addAt(loader, 0);
        assertThatThrownBy(loader::flush).isInstanceOf(ForebayException.class).hasMessageContaining("0-1")
                .hasMessageContaining("server");
        assertThatThrownBy(loader::close).isInstanceOf(ForebayException.class);
        server = LoadServer.start(folder.resolve("store"));
    }
}
