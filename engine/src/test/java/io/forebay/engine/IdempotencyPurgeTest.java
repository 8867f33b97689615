package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.index.record.BatchKey;
import io.forebay.index.record.RecordStore;
import io.forebay.index.record.RecordStoreConfig;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.WriteAck;
import io.forebay.wal.Wal;
import io.forebay.wal.WalConfig;
import io.forebay.wal.WalEntry;
import io.forebay.wal.WalReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys outlive the log's entries, and no longer than they should. */
class IdempotencyPurgeTest {
    private static final int BATCHES = 60;
    private static final int RECORDS = 400;
    private static final int DIMENSION = 256;

    @TempDir
    Path directory;

    private static ForebayOptions options() {
        return TestStores.smallOs().withExtentBytes(2 << 20).withCheckpointIntervalMillis(100)
                .withCheckpointBytes(1 << 20);
    }

    @Test
    void aRetryIsKnownWhenItsEntryIsPurged() {
        AtomicInteger purged = new AtomicInteger();
        EngineMetrics metrics = new EngineMetrics() {
            @Override
            public void checkpointed(long nanos, int extentsPurged) {
                purged.addAndGet(extentsPurged);
            }
        };
        List<WriteAck> first = new ArrayList<>();
        try (Forebay store = Forebay.open(directory, options(), metrics)) {
            UUID docs = TestStores.create(store, "docs");
            for (int i = 0; i < BATCHES; i++) {
                first.add(write(store, docs, i));
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> purged.get() >= 5);
            assertReplayed(store, docs, first);
        }
        assertThat(firstSeqIdInLog()).isGreaterThan(first.get(10).maxSeqId());
        for (int life = 0; life < 2; life++) {
            try (Forebay store = Forebay.open(directory, options())) {
                assertReplayed(store, TestStores.create(store, "docs"), first);
            }
        }
    }

    @Test
    void rowsOfForgottenKeysAreDeleted() {
        IdempotencyOptions ten = new IdempotencyOptions(10, 3600);
        List<WriteAck> acks = new ArrayList<>();
        try (Forebay store = Forebay.open(directory, TestStores.smallOs().withIdempotency(ten))) {
            UUID docs = TestStores.create(store, "docs");
            UUID other = TestStores.create(store, "other");
            UUID dropped = TestStores.create(store, "dropped");
            small(store, dropped, "x");
            for (int i = 0; i < 15; i++) {
                acks.add(small(store, docs, "k" + i));
                acks.add(small(store, other, "k" + i));
            }
            TestStores.drop(store, "dropped");
            store.flush(docs, Position.APPLIED).join();
            store.flush(other, Position.APPLIED).join();
            assertThat(store.stats().idempotencyKeys()).isEqualTo(10);
        }
        // The dropped collection's row goes with its files, now or at the next start.
        assertThat(rows())
                .endsWith(acks.subList(20, 30).stream().map(WriteAck::maxSeqId).toArray(Long[]::new))
                .doesNotContain(acks.get(19).maxSeqId(), acks.get(0).maxSeqId());
        // A smaller limit forgets more at the next start.
        IdempotencyOptions four = new IdempotencyOptions(4, 3600);
        try (Forebay store = Forebay.open(directory, TestStores.smallOs().withIdempotency(four))) {
            assertThat(store.stats().idempotencyKeys()).isEqualTo(4);
            UUID docs = TestStores.create(store, "docs");
            assertThat(small(store, docs, "k14").replayed()).isTrue();
            assertThat(small(store, docs, "k12").replayed()).isFalse();
            store.flush(docs, Position.APPLIED).join();
        }
        assertThat(rows()).hasSize(4);
    }

    private static WriteAck small(Forebay store, UUID collection, String key) {
        return store
                .write(collection, TestStores.batch(Operation.UPSERT, "r", 0, 1, 4), WriteOptions.ofKey(key))
                .join();
    }

    private List<Long> rows() {
        List<Long> seqIds = new ArrayList<>();
        try (RecordStore records = RecordStore.open(directory.resolve("records"),
                RecordStoreConfig.defaults(),
                () -> {})) {
            List<BatchKey> rows = new ArrayList<>();
            records.readKeys(rows::add);
            rows.forEach(row -> seqIds.add(row.maxSeqId()));
        }
        return seqIds.stream().sorted().toList();
    }

    private static WriteAck write(Forebay store, UUID docs, int number) {
        return store.write(docs, TestStores.batch(Operation.UPSERT, "r", number, number + RECORDS, DIMENSION),
                WriteOptions.ofKey("key-" + number)).join();
    }

    private static void assertReplayed(Forebay store, UUID docs, List<WriteAck> first) {
        long end = store.stats().lastSeqId();
        for (int i = 0; i < first.size(); i++) {
            WriteAck again = write(store, docs, i);
            assertThat(again.replayed()).isTrue();
            assertThat(again.minSeqId()).isEqualTo(first.get(i).minSeqId());
            assertThat(again.maxSeqId()).isEqualTo(first.get(i).maxSeqId());
        }
        assertThat(store.stats().lastSeqId()).isEqualTo(end);
        assertThat(store.status(docs).operations()).isEqualTo((long) RECORDS * BATCHES);
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(RECORDS + BATCHES - 1);
    }

    private long firstSeqIdInLog() {
        WalConfig config = WalConfig.defaults().withExtentBytes(2 << 20).withReserveBytesMin(0);
        try (Wal wal = Wal.open(directory.resolve("wal"), config); WalReader reader = wal.reader()) {
            WalEntry entry = reader.next();
            return entry == null ? Long.MAX_VALUE : entry.minSeqId();
        }
    }
}
