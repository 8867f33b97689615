package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.CollectionConfig;
import io.forebay.model.Durability;
import io.forebay.model.ErrorCode;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.WriteAck;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParallelWritesTest {
    private static final int BATCHES = 20;
    private static final int RECORDS = 10;

    @TempDir
    Path directory;

    private Forebay forebay;

    @BeforeEach
    void open() {
        forebay = Forebay.open(directory.resolve("data"), TestStores.small());
    }

    @AfterEach
    void close() {
        forebay.close();
    }

    private UUID collection(String name) {
        return forebay.getOrCreateCollection(name, CollectionConfig.DEFAULT).id();
    }

    /** @param odd the batch that has another dimension; negative for none */
    private static List<RecordBatch> batches(int odd) {
        List<RecordBatch> all = new ArrayList<>();
        for (int b = 0; b < BATCHES; b++) {
            RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
            for (int r = 0; r < RECORDS; r++) {
                batch.record(b + "-" + r, new float[b == odd ? 3 : 2]);
            }
            all.add(batch.build());
        }
        return all;
    }

    @Test
    void everyCollectionGetsItsBatchesInOrderAndFailsAlone() {
        Map<UUID, List<RecordBatch>> uploads = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) {
            uploads.put(collection("docs" + i), batches(i == 3 ? 7 : -1));
        }
        UUID unknown = UUID.randomUUID();
        uploads.put(unknown, batches(-1));
        UUID empty = collection("empty");
        uploads.put(empty, List.of());

        Map<UUID, BatchesResult> results = forebay
                .addParallel(uploads, new WriteOptions(Durability.SYNC)).join();

        assertThat(results.keySet()).containsExactlyElementsOf(uploads.keySet());
        results.forEach((id, result) -> {
            if (id.equals(unknown)) {
                assertThat(result.acks()).isEmpty();
                assertThat(result.failure())
                        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
                return;
            }
            boolean fails = forebay.collection(id).name().equals("docs3");
            int acked = id.equals(empty) ? 0 : fails ? 7 : BATCHES;
            assertThat(result.acks()).hasSize(acked).extracting(WriteAck::minSeqId).isSorted();
            assertThat(result.records()).isEqualTo(acked * RECORDS);
            assertThat(result.isComplete()).isEqualTo(!fails);
            assertThat(forebay.count(id, ReadOptions.DEFAULT).join()).isEqualTo(acked * RECORDS);
            if (fails) {
                assertThat(result.failure()).hasMessageContaining("dimension of 2, got 3");
            }
        });
        assertThat(forebay.addParallel(Map.of(), WriteOptions.DEFAULT).join()).isEmpty();
        assertThatThrownBy(() -> forebay.addParallel(uploads, WriteOptions.ofKey("k")))
                .hasMessageContaining("several batches");
    }

    @Test
    void whatIsAppendedAndNotAcknowledgedIsBounded() {
        Map<UUID, List<RecordBatch>> uploads = new LinkedHashMap<>();
        for (int i = 0; i < 3; i++) {
            uploads.put(collection("docs" + i), batches(-1));
        }
        long batchBytes = batches(-1).get(0).encodedBytes();
        long bytesMax = 4 * batchBytes;
        List<Held> held = new ArrayList<>();
        AtomicLong inFlight = new AtomicLong();
        CompletableFuture<Map<UUID, BatchesResult>> all = ParallelWrites.start(uploads, (id, batch) -> {
            assertThat(inFlight.addAndGet(batch.encodedBytes())).isLessThan(bytesMax + 2 * batchBytes);
            Held one = new Held(forebay.write(id, batch, WriteOptions.DEFAULT), new CompletableFuture<>(),
                    batch.encodedBytes());
            held.add(one);
            return one.given;
        }, Runnable::run, bytesMax);
        assertThat(held).hasSizeBetween(4, 5);
        for (int i = 0; i < held.size(); i++) {
            inFlight.addAndGet(-held.get(i).bytes);
            held.get(i).given.complete(held.get(i).real.join());
        }
        assertThat(held).hasSize(3 * BATCHES);
        assertThat(all.join().values()).allMatch(BatchesResult::isComplete);
    }

    /** An ack that the test gives when it likes. */
    private record Held(CompletableFuture<WriteAck> real, CompletableFuture<WriteAck> given, int bytes) {}

    @Test
    void anAckThatComesWhileTheLastBatchIsTakenEndsNothing() {
        UUID id = collection("docs");
        List<Held> held = new ArrayList<>();
        List<RecordBatch> two = new WithHook(batches(-1).subList(0, 2), () -> {
            Thread sync = new Thread(() -> held.get(0).given.complete(held.get(0).real.join()));
            sync.start();
            // It gets through, or waits for whoever takes the batch.
            while (sync.getState() != Thread.State.TERMINATED && sync.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
        });
        CompletableFuture<Map<UUID, BatchesResult>> all = ParallelWrites.start(Map.of(id, two),
                (collection, batch) -> {
                    Held one = new Held(forebay.write(id, batch, WriteOptions.DEFAULT),
                            new CompletableFuture<>(), batch.encodedBytes());
                    one.real.join();
                    held.add(one);
                    return one.given;
                }, Runnable::run, ParallelWrites.BYTES_MAX);
        held.get(1).given.complete(held.get(1).real.join());
        BatchesResult result = Objects.requireNonNull(all.join().get(id));
        assertThat(result.isComplete()).isTrue();
        assertThat(result.acks()).hasSize(2);
    }

    /** Calls the hook when the last has left and before it is given. */
    private static final class WithHook extends AbstractList<RecordBatch> {
        private final List<RecordBatch> all;
        private final Runnable hook;

        WithHook(List<RecordBatch> all, Runnable hook) {
            this.all = all;
            this.hook = hook;
        }

        @Override
        public RecordBatch get(int index) {
            return all.get(index);
        }

        @Override
        public int size() {
            return all.size();
        }

        @Override
        public Iterator<RecordBatch> iterator() {
            Iterator<RecordBatch> each = all.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return each.hasNext();
                }

                @Override
                public RecordBatch next() {
                    RecordBatch next = each.next();
                    if (!each.hasNext()) {
                        hook.run();
                    }
                    return next;
                }
            };
        }
    }

    @Test
    void aStoreThatClosesMeanwhileFailsWhatIsLeft() {
        Map<UUID, List<RecordBatch>> uploads = new LinkedHashMap<>();
        for (int i = 0; i < 3; i++) {
            uploads.put(collection("docs" + i), batches(-1));
        }
        List<CompletableFuture<WriteAck>> given = new ArrayList<>();
        CompletableFuture<Map<UUID, BatchesResult>> all = ParallelWrites.start(uploads, (id, batch) -> {
            if (given.size() >= 3) {
                return forebay.write(id, batch, WriteOptions.DEFAULT);
            }
            given.add(new CompletableFuture<>());
            return given.get(given.size() - 1);
        }, forebay.store.threads.queries(), 1);
        CompletableFuture<WriteAck> first = given.get(0);
        forebay.close();
        first.complete(new WriteAck(1, 10, 10, Durability.OS, false));
        for (int i = 0; i < given.size(); i++) {
            given.get(i).complete(new WriteAck(1, 10, 10, Durability.OS, false));
        }
        all.join().forEach((id, result) -> assertThat(result.isComplete()).isFalse());
    }
}
