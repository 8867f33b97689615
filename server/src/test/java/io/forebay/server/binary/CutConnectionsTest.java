package io.forebay.server.binary;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.client.Change;
import io.forebay.client.Changes;
import io.forebay.client.CollectionClient;
import io.forebay.client.Filter;
import io.forebay.client.ForebayClient;
import io.forebay.client.WriteSettings;
import io.forebay.model.CollectionConfig;
import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that break at any byte, in either direction: every write is done once, and its caller is told so. */
class CutConnectionsTest {
    private static final int WRITERS = 3;
    private static final int OPERATIONS = 60;

    @TempDir
    Path directory;

    private final long seed = Long.getLong("forebay.seed", System.nanoTime());

    /** One writer with a collection of its own, and what must be in it. */
    private static final class Writer {
        final CollectionClient through;
        final Random random;
        final Map<String, Float> records = new HashMap<>();
        int logged;
        int keys;

        Writer(CollectionClient through, long seed) {
            this.through = through;
            this.random = new Random(seed);
        }

        void work() {
            for (int i = 0; i < OPERATIONS; i++) {
                switch (random.nextInt(5)) {
                    case 0 -> delete();
                    case 1 -> deleteByFilter();
                    case 2 -> assertThat(through.count()).isEqualTo(records.size());
                    default -> write();
                }
            }
        }

        private void write() {
            boolean isAdd = random.nextBoolean();
            RecordBatchBuilder batch = RecordBatch.builder(isAdd ? Operation.ADD : Operation.UPSERT);
            int size = 1 + random.nextInt(60);
            Set<String> ids = new HashSet<>();
            for (int r = 0; r < size; r++) {
                String id = "r" + random.nextInt(400);
                if (!ids.add(id)) {
                    continue;
                }
                float value = random.nextFloat();
                float[] embedding = new float[64];
                embedding[0] = value;
                batch.record(id, embedding, null, Map.of("third", MetadataValue.of(r % 3)), null);
                if (!isAdd || !records.containsKey(id)) {
                    records.put(id, value);
                    thirds.put(id, r % 3);
                }
            }
            WriteSettings settings = random.nextBoolean()
                    ? WriteSettings.DEFAULT
                    : WriteSettings.DEFAULT.withIdempotencyKey("own-" + keys++);
            assertThat(through.write(batch.build(), settings).records()).isEqualTo(ids.size());
            logged += ids.size();
        }

        private final Map<String, Integer> thirds = new HashMap<>();

        /** Twice deleted would be counted as none. */
        private void delete() {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ids.add("r" + random.nextInt(400));
            }
            Set<String> there = new HashSet<>(ids);
            there.retainAll(records.keySet());
            removed(there, through.delete(new DeleteRequest(ids, null, null)).records());
        }

        private void deleteByFilter() {
            int third = random.nextInt(3);
            List<String> ids = List.copyOf(records.keySet()).subList(0, Math.min(30, records.size()));
            if (ids.isEmpty()) {
                return;
            }
            Set<String> there = new HashSet<>(ids);
            there.removeIf(id -> thirds.get(id) != third);
            removed(there, through.delete(new DeleteRequest(ids,
                    new Where.Compare("third", Where.Comparison.EQ, MetadataValue.of(third)), null))
                    .records());
        }

        private void removed(Set<String> there, int told) {
            assertThat(told).isEqualTo(there.size());
            records.keySet().removeAll(there);
            logged += Math.max(1, there.size()); // under its key also what removes nothing is logged
        }

        void check(CollectionClient direct) {
            List<StoredRecord> all = direct.get(new GetRequest(null, null, null, 0,
                    GetRequest.ofIds("x").include()), Filter.NONE, ReadOptions.DEFAULT);
            Map<String, Float> found = new HashMap<>();
            all.forEach(record -> found.put(record.id(), record.embedding()[0]));
            assertThat(all).hasSize(records.size());
            assertThat(found).isEqualTo(records);
            assertThat(direct.indexingStatus().totalOperations()).isEqualTo(logged);
            int inLog = 0;
            try (Changes changes = direct.changes(1)) {
                while (inLog < logged) {
                    Change change = changes.next();
                    inLog += Math.max(1, change.batch().size());
                }
            }
            assertThat(inLog).isEqualTo(logged);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "forebay"})
    void eachWriteIsDoneOnceHoweverOftenItsConnectionBreaks(String scheme) throws Exception {
        System.out.println("seed " + seed);
        try (BothPorts server = new BothPorts(directory);
                CuttingProxy proxy = new CuttingProxy(server.port(scheme), seed, 15_000);
                ForebayClient direct = server.client(scheme);
                ForebayClient client = BothPorts.builder(scheme, proxy.port()).connections(2).retries(100)
                        .requestTimeout(Duration.ofSeconds(20)).build()) {
            List<Writer> writers = new ArrayList<>();
            List<CompletableFuture<Void>> running = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                direct.createCollection("docs" + i, CollectionConfig.DEFAULT);
                Writer writer = new Writer(client.collection("docs" + i), seed + i);
                writers.add(writer);
                running.add(CompletableFuture.runAsync(writer::work));
            }
            for (CompletableFuture<Void> writer : running) {
                writer.get();
            }
            assertThat(proxy.cuts.get()).isGreaterThan(5);
            for (int i = 0; i < WRITERS; i++) {
                writers.get(i).check(direct.collection("docs" + i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "forebay"})
    void aFeedGivesEachChangeOnceThroughBrokenConnections(String scheme) throws Exception {
        System.out.println("seed " + seed);
        try (BothPorts server = new BothPorts(directory);
                CuttingProxy proxy = new CuttingProxy(server.port(scheme), seed, 20_000);
                ForebayClient direct = server.client(scheme);
                ForebayClient client = BothPorts.builder(scheme, proxy.port()).retries(100).build()) {
            CollectionClient docs = direct.createCollection("docs", CollectionConfig.DEFAULT);
            int batches = 300;
            CompletableFuture<List<String>> seen = CompletableFuture.supplyAsync(() -> {
                List<String> ids = new ArrayList<>();
                try (Changes changes = client.collection("docs").changes(1)) {
                    while (ids.size() < batches) {
                        ids.add(changes.next().batch().id(0));
                    }
                }
                return ids;
            });
            List<String> written = new ArrayList<>();
            for (int i = 0; i < batches; i++) {
                written.add("r" + i);
                docs.write(RecordBatch.builder(Operation.ADD).record("r" + i, new float[200]).build());
            }
            assertThat(seen.get()).isEqualTo(written);
            assertThat(proxy.cuts.get()).isGreaterThan(3);
        }
    }

    @Test
    void writesGoOnThroughARestartOfThePort() throws Exception {
        try (BothPorts server = new BothPorts(directory);
                ForebayClient client = BothPorts.builder("forebay", server.binaryPort()).connections(2)
                        .retries(100).build()) {
            CollectionClient docs = client.createCollection("docs", CollectionConfig.DEFAULT);
            AtomicBoolean over = new AtomicBoolean();
            List<CompletableFuture<Integer>> writers = new ArrayList<>();
            for (int w = 0; w < 3; w++) {
                String name = "w" + w + "-";
                writers.add(CompletableFuture.supplyAsync(() -> {
                    int done = 0;
                    while (!over.get() || done < 50) {
                        docs.write(RecordBatch.builder(Operation.ADD).record(name + done, new float[]{1})
                                .build());
                        done++;
                    }
                    return done;
                }));
            }
            for (int i = 0; i < 3; i++) {
                server.restartBinary();
                int before = docs.count();
                assertThat(docs.count()).isGreaterThanOrEqualTo(before);
            }
            over.set(true);
            int all = 0;
            for (CompletableFuture<Integer> writer : writers) {
                all += writer.get();
            }
            assertThat(docs.count()).isEqualTo(all);
            assertThat(docs.indexingStatus().totalOperations()).isEqualTo(all);
        }
    }
}
