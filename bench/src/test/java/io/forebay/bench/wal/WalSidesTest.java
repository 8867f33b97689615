package io.forebay.bench.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.wal.Batches.Shape;
import io.forebay.wal.Wal;
import io.forebay.wal.WalEntry;
import io.forebay.wal.WalReader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That every side does the work whose time is taken. */
class WalSidesTest {
    private static Batches small;
    private static Batches large;

    @TempDir
    private Path directory;

    @BeforeAll
    static void load() throws Exception {
        Path root = Path.of(System.getProperty("forebay.root"));
        BenchData data = BenchData.load(root, root.resolve("sample"), 200);
        small = new Batches(Shape.SMALL, data);
        large = new Batches(Shape.D128, data);
    }

    @Test
    void payloadsHaveTheirSizeAreDifferentAndNotZero() {
        for (Batches batches : new Batches[]{small, large}) {
            ByteBuffer first = batches.payload(0);
            assertThat(first.remaining()).isEqualTo(batches.shape().bytes);
            assertThat(batches.payload(1)).isNotEqualTo(first);
            assertThat(zeros(batches.array(0))).isLessThan(batches.shape().bytes / 2);
            assertThat(ByteBuffer.wrap(batches.array(1))).isEqualTo(batches.payload(1));
            assertThat(batches.payload(batches.different())).isSameAs(first);
        }
    }

    private static int zeros(byte[] bytes) {
        int zeros = 0;
        for (byte one : bytes) {
            zeros += one == 0 ? 1 : 0;
        }
        return zeros;
    }

    @Test
    void everyBatchIsWrittenOnceByAllWritersTogether() throws Exception {
        ConcurrentSkipListSet<Integer> seen = new ConcurrentSkipListSet<>();
        RunTimes times = RunTimes.of(5, 1000, number -> assertThat(seen.add(number)).isTrue());
        assertThat(seen).hasSize(1000);
        assertThat(times.latencies().count()).isEqualTo(1000);
        assertThat(times.nanos()).isPositive();
    }

    @Test
    void aFailingWriterEndsTheRun() {
        assertThatThrownBy(() -> RunTimes.of(3, 100, number -> {
            throw new IllegalStateException("disk gone");
        })).isInstanceOf(IllegalStateException.class).hasMessage("disk gone");
    }

    @Test
    void rawSyncWritesTheSameBytesAndSyncsAsOftenAsItIsTold() throws Exception {
        Path file = directory.resolve("raw");
        RunTimes times = RawSync.run(file, small, 20, 7);
        assertThat(times.latencies().count()).isEqualTo(7);
        byte[] written = Files.readAllBytes(file);
        assertThat(written).hasSize(20 * Shape.SMALL.bytes);
        assertThat(ByteBuffer.wrap(written, 19 * Shape.SMALL.bytes, Shape.SMALL.bytes))
                .isEqualTo(small.payload(19));
    }

    @Test
    void rawCopyGoesThroughAsManyFilesAsItTakes() throws Exception {
        long nanos = new RawMapped(directory, large).sustained(5, 2 * Shape.D128.bytes + 100);
        assertThat(nanos).isPositive();
        for (int i = 0; i < 5; i++) {
            byte[] file = Files.readAllBytes(directory.resolve("raw-" + i / 2));
            assertThat(ByteBuffer.wrap(file, i % 2 * Shape.D128.bytes, Shape.D128.bytes))
                    .isEqualTo(large.payload(i));
        }
        assertThat(directory.resolve("raw-3")).doesNotExist();
    }

    @Test
    void sqliteIsAskedForWalModeAndFullSyncsAndKeepsARowPerBatch() throws Exception {
        for (boolean grouped : new boolean[]{false, true}) {
            Path own = Files.createDirectory(directory.resolve("grouped-" + grouped));
            try (SqlitePeer peer = SqlitePeer.open(own, grouped)) {
                assertThat(peer.settings()).isEqualTo("wal/2");
                RunTimes times = RunTimes.of(4, 50, number -> peer.append(small, number));
                assertThat(times.latencies().count()).isEqualTo(50);
                assertThat(peer.rows()).isEqualTo(50);
            }
        }
    }

    @Test
    void rocksWritesItsLog() throws Exception {
        try (RocksPeer peer = new RocksPeer(directory)) {
            RunTimes.of(4, 50, number -> peer.append(small, number));
            try (var files = Files.list(directory)) {
                long log = files.filter(file -> file.toString().endsWith(".log"))
                        .mapToLong(file -> file.toFile().length()).sum();
                assertThat(log).isGreaterThanOrEqualTo(50L * Shape.SMALL.bytes);
            }
        }
    }

    @Test
    void ourBurstStaysWithinTheExtentThatIsReady() throws Exception {
        WalSettings settings = new WalSettings(Set.of(), List.of(), 1, false, 32 << 20, 0, 0, 0);
        try (LogLoad load = LogLoad.open(LogKind.CHRONICLE, directory.resolve("log"), 32 << 20)) {
            load.getReady(large, settings.aheadBytes());
            int count = Shape.D128.countIn(settings.burstBytes());
            long before = load.wal().lastSeqId();
            LogLoad.Synced synced = load.appendSynced(large, 4, count);
            load.checkNotRolled();
            assertThat(load.wal().lastSeqId() - before).isEqualTo((long) count * Shape.D128.records);
            assertThat(load.wal().durableSeqId()).isEqualTo(load.wal().lastSeqId());
            assertThat(synced.syncs()).isBetween(1L, count + 2L);
            assertThat(lastOf(load.wal())).isEqualTo(load.wal().lastSeqId());
        }
        assertThat(directory.resolve("log")).doesNotExist();
    }

    private static long lastOf(Wal wal) {
        long last = 0;
        try (WalReader reader = wal.reader()) {
            for (WalEntry entry = reader.next(); entry != null; entry = reader.next()) {
                last = entry.maxSeqId();
            }
        }
        return last;
    }
}
