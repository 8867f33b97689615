package io.forebay.wal;

import static io.forebay.wal.Logs.MB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the interface promises, with nothing failing, by everything that stores a log. */
@ParameterizedClass
@EnumSource
class WalTest {
    @Parameter
    LogKind kind;

    @TempDir
    Path temp;
    Path directory;

    @BeforeEach
    void name() {
        directory = temp.resolve("wal");
    }

    @Test
    void anEntryIsReadBackAsItWasAppended() {
        try (Wal wal = kind.open(directory, Logs.small())) {
            ByteBuffer payload = Logs.payload(5, 1003);
            Appended first = wal.append(new EntryHeader(11, 3, (byte) -2, 10, 77), payload);
            Appended second = wal.append(Logs.one(), ByteBuffer.allocate(0));
            assertThat(payload).isEqualTo(Logs.payload(5, 1003));
            assertThat(first.minSeqId()).isEqualTo(1);
            assertThat(first.maxSeqId()).isEqualTo(10);
            assertThat(second.minSeqId()).isEqualTo(11);
            assertThat(wal.lastSeqId()).isEqualTo(11);
            List<WalEntry> entries = Logs.readAll(wal);
            assertThat(entries).hasSize(2);
            WalEntry entry = entries.getFirst();
            assertThat(entry.header()).isEqualTo(new EntryHeader(11, 3, (byte) -2, 10, 77));
            assertThat(entry.payload()).isEqualTo(payload);
            assertThat(entry.position()).isEqualTo(first.position());
            assertThat(entry.appendTimeMillis()).isEqualTo(first.appendTimeMillis());
            assertThat(entries.get(1).payload().remaining()).isZero();
        }
    }

    @Test
    void aRestartContinuesTheSequence() throws Exception {
        for (int life = 0; life < 5; life++) {
            try (Wal wal = kind.open(directory, Logs.small())) {
                assertThat(wal.lastSeqId()).isEqualTo(life * 100L);
                assertThat(wal.durableSeqId()).isEqualTo(life * 100L);
                assertThat(wal.recovery().tornBytes()).isZero();
                assertThat(wal.recovery().entries()).isEqualTo(life * 100L);
                Logs.append(wal, 100, 500);
                List<WalEntry> entries = Logs.readAll(wal);
                assertThat(entries).hasSize(life * 100 + 100);
                for (int i = 0; i < entries.size(); i++) {
                    assertThat(entries.get(i).minSeqId()).isEqualTo(i + 1);
                    assertThat(entries.get(i).payload()).isEqualTo(Logs.payload(i + 1, 500));
                }
            }
        }
        Assumptions.assumeTrue(kind != LogKind.SIMULATED);
        // One extent per life that wrote something, none left over.
        try (var files = Files.list(directory)) {
            assertThat(files.filter(Files::isDirectory)).hasSize(5);
        }
    }

    @Test
    void openingAndClosingWithoutEntriesLeavesNoExtent() throws Exception {
        Assumptions.assumeTrue(kind != LogKind.SIMULATED);
        for (int life = 0; life < 5; life++) {
            kind.open(directory, Logs.small()).close();
        }
        try (var files = Files.list(directory)) {
            assertThat(files.filter(Files::isDirectory)).isEmpty();
        }
    }

    @Test
    void theSmallestExtentsWork() {
        try (Wal wal = kind.open(directory, Logs.small().withExtentBytes(MB))) {
            Logs.append(wal, 60, 100_000);
            assertThat(wal.stats().rolls()).isGreaterThan(4);
            assertThat(Logs.readAll(wal)).hasSize(60);
        }
    }

    @Test
    void durableCompletesForEverythingAppended() throws Exception {
        try (Wal wal = kind.open(directory, Logs.small())) {
            Appended appended = wal.append(Logs.one(), Logs.payload(1, 100));
            wal.durable(appended.maxSeqId()).get(120, TimeUnit.SECONDS);
            assertThat(wal.durableSeqId()).isEqualTo(1);
            assertThat(wal.stats().syncs()).isPositive();
            assertThatThrownBy(() -> wal.durable(2)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void smallExtentsAreRolledOverAndReadThrough() {
        int entries = 300;
        try (Wal wal = kind.open(directory, Logs.small())) {
            List<Appended> appended = Logs.append(wal, entries, 200_000);
            assertThat(wal.stats().extents()).isGreaterThan(10);
            assertThat(wal.stats().rolls()).isEqualTo(wal.stats().extents() - 1);
            checkAll(wal, appended);
        }
        try (Wal wal = kind.open(directory, Logs.small())) {
            assertThat(wal.lastSeqId()).isEqualTo(entries);
            assertThat(Logs.readAll(wal)).hasSize(entries);
        }
    }

    private static void checkAll(Wal wal, List<Appended> appended) {
        List<WalEntry> entries = Logs.readAll(wal);
        assertThat(entries).hasSameSizeAs(appended);
        for (int i = 0; i < entries.size(); i++) {
            assertThat(entries.get(i).position()).isEqualTo(appended.get(i).position());
            assertThat(entries.get(i).payload()).isEqualTo(Logs.payload(i + 1, 200_000));
        }
    }

    @Test
    void aReaderSeeksByPositionAndBySeqId() {
        try (Wal wal = kind.open(directory, Logs.small())) {
            List<Appended> appended = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                appended.add(wal.append(Logs.header(1, 10), Logs.payload(i, 40_000)));
            }
            try (WalReader reader = wal.reader()) {
                for (int i = 399; i >= 0; i -= 7) {
                    reader.seek(appended.get(i).position());
                    assertThat(reader.next().minSeqId()).isEqualTo(i * 10 + 1);
                    reader.seekSeqId(i * 10 + 6);
                    assertThat(reader.next().minSeqId()).isEqualTo(i * 10 + 1);
                    reader.seekSeqId(i * 10 + 10);
                    WalEntry entry = reader.next();
                    assertThat(entry.minSeqId()).isEqualTo(i * 10 + 1);
                    assertThat(entry.payload()).isEqualTo(Logs.payload(i, 40_000));
                }
                reader.seekSeqId(4001);
                assertThat(reader.next()).isNull();
                wal.append(Logs.header(1, 1), Logs.payload(400, 10));
                assertThat(reader.next().minSeqId()).isEqualTo(4001);
            }
        }
    }

    @Test
    void aBatchLargerThanAnExtentIsOneEntry() {
        ByteBuffer large = Logs.payload(3, 20 * MB + 5);
        try (Wal wal = kind.open(directory, Logs.small())) {
            wal.append(Logs.one(), Logs.payload(1, 100));
            Appended batch = wal.append(Logs.header(2, 1000), large);
            Appended after = wal.append(Logs.one(), Logs.payload(2, 100));
            assertThat(batch.minSeqId()).isEqualTo(2);
            assertThat(after.minSeqId()).isEqualTo(1002);
            checkLarge(wal, batch.position(), large);
        }
        try (Wal wal = kind.open(directory, Logs.small())) {
            assertThat(wal.lastSeqId()).isEqualTo(1002);
            checkLarge(wal, -1, large);
        }
    }

    private static void checkLarge(Wal wal, long position, ByteBuffer large) {
        List<WalEntry> entries = Logs.readAll(wal);
        assertThat(entries).hasSize(3);
        assertThat(entries.get(1).payload()).isEqualTo(large);
        assertThat(entries.get(1).maxSeqId()).isEqualTo(1001);
        try (WalReader reader = wal.reader()) {
            reader.seekSeqId(500);
            WalEntry entry = reader.next();
            assertThat(entry.payload()).isEqualTo(large);
            if (position >= 0) {
                assertThat(entry.position()).isEqualTo(position);
            }
            assertThat(reader.next().minSeqId()).isEqualTo(1002);
        }
    }

    @Test
    void aBatchAboveTheLimitIsRefusedByName() {
        try (Wal wal = kind.open(directory, Logs.small().withBatchBytesMax(5 * MB))) {
            assertThatThrownBy(() -> wal.append(Logs.one(), ByteBuffer.allocate(5 * MB + 1)))
                    .isInstanceOf(WalException.class).hasMessageContaining("batchBytesMax of " + 5 * MB)
                    .extracting(e -> ((WalException) e).reason()).isEqualTo(WalException.Reason.TOO_LARGE);
            assertThat(wal.append(Logs.one(), ByteBuffer.allocate(5 * MB)).minSeqId()).isEqualTo(1);
        }
    }

    @Test
    void reservedSeqIdsAreNeverGivenOut() {
        try (Wal wal = kind.open(directory, Logs.small())) {
            Logs.append(wal, 3, 10);
            wal.reserveThrough(2);
            assertThat(wal.append(Logs.one(), Logs.payload(4, 10)).minSeqId()).isEqualTo(4);
            wal.reserveThrough(1000);
            assertThat(wal.durableSeqId()).isEqualTo(1000);
            assertThat(wal.append(Logs.one(), Logs.payload(1001, 10)).minSeqId()).isEqualTo(1001);
            wal.reserveThrough(5000);
        }
        try (Wal wal = kind.open(directory, Logs.small())) {
            assertThat(wal.lastSeqId()).isEqualTo(5000);
            assertThat(Logs.readAll(wal)).extracting(WalEntry::minSeqId).containsExactly(1L, 2L, 3L, 4L,
                    1001L);
        }
    }

    @Test
    void afterCloseEverythingIsRefused() {
        Wal wal = kind.open(directory, Logs.small());
        WalReader reader = wal.reader();
        wal.append(Logs.one(), Logs.payload(1, 10));
        wal.close();
        wal.close();
        assertThatThrownBy(() -> wal.append(Logs.one(), Logs.payload(1, 10))).isInstanceOf(WalException.class)
                .extracting(e -> ((WalException) e).reason()).isEqualTo(WalException.Reason.CLOSED);
        assertThatThrownBy(reader::next).isInstanceOf(WalException.class);
        reader.close();
    }

    @Test
    void anInterruptedThreadAppendsAllTheSame() throws Exception {
        try (Wal wal = kind.open(directory, Logs.small())) {
            for (int i = 0; i < 50; i++) {
                Thread.currentThread().interrupt();
                wal.append(Logs.one(), Logs.payload(i + 1, 100_000));
                assertThat(Thread.interrupted()).isTrue();
            }
            assertThat(wal.failure()).isNull();
            assertThat(Logs.readAll(wal)).hasSize(50);
        }
    }
}
