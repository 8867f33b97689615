package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.wal.FailPoints.Point;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(names = {"CHRONICLE", "FILE"})
class PurgeTest {
    @Parameter
    LogKind kind;

    @TempDir
    Path temp;
    private final Faults faults = new Faults();

    private Wal open() {
        return kind.open(temp.resolve("wal"), Logs.small(), faults);
    }

    @Test
    void purgeDeletesWhatIsCoveredAndKeepsTheRest() throws Exception {
        try (Wal wal = open()) {
            Logs.append(wal, 60, 300_000);
            int before = wal.stats().extents();
            assertThat(wal.purge(collection -> 0)).isZero();
            int deleted = wal.purge(collection -> 30);
            assertThat(deleted).isPositive();
            assertThat(wal.stats().extents()).isEqualTo(before - deleted);
            assertThat(wal.stats().firstSeqId()).isBetween(2L, 31L);
            List<WalEntry> kept = Logs.readAll(wal);
            assertThat(kept.getFirst().minSeqId()).isEqualTo(wal.stats().firstSeqId());
            assertThat(kept.getLast().minSeqId()).isEqualTo(60);
            // The extent being written stays, covered or not.
            wal.purge(collection -> Long.MAX_VALUE);
            assertThat(wal.stats().extents()).isEqualTo(1);
            assertThat(wal.stats().bytesOnDisk()).isEqualTo(4 * Logs.MB);
        }
        try (Wal wal = open()) {
            assertThat(wal.lastSeqId()).isEqualTo(60);
            wal.purge(collection -> Long.MAX_VALUE);
            // The last one stays as well: it knows the next seqId.
            assertThat(wal.stats().extents()).isEqualTo(1);
            assertThat(Logs.readAll(wal).getLast().minSeqId()).isEqualTo(60);
        }
        try (Wal wal = open()) {
            assertThat(wal.lastSeqId()).isEqualTo(60);
            assertThat(Logs.append(wal, 1, 10).getFirst().minSeqId()).isEqualTo(61);
        }
    }

    @Test
    void theNewestFullExtentsAreRetainedOnRequest() {
        WalConfig config = Logs.small().withRetainBytes(10 * Logs.MB);
        try (Wal wal = kind.open(temp.resolve("wal"), config, faults)) {
            Logs.append(wal, 60, 300_000);
            wal.purge(collection -> Long.MAX_VALUE);
            assertThat(wal.stats().extents()).isEqualTo(3); // two full ones of 4 MB and the one in use
            assertThat(wal.pins(collection -> Long.MAX_VALUE)).isEmpty();
            assertThat(Logs.readAll(wal)).hasSizeGreaterThan(26);
        }
    }

    @Test
    void aLaggingCollectionKeepsItsExtentsAndNoOthers() throws Exception {
        int extents;
        long[] lagging = new long[2];
        try (Wal wal = open()) {
            Logs.append(wal, 20, 300_000);
            lagging[0] = wal.append(Logs.header(2, 5), Logs.payload(-1, 1000)).minSeqId();
            Logs.append(wal, 40, 300_000);
            lagging[1] = wal.append(Logs.header(2, 5), Logs.payload(-2, 1000)).minSeqId();
            Logs.append(wal, 40, 300_000);
            extents = wal.stats().extents();
            assertThat(wal.purge(collection -> collection == 2 ? 0 : Long.MAX_VALUE)).isEqualTo(extents - 3);
            checkLagging(wal, lagging);
        }
        for (int life = 0; life < 2; life++) {
            try (Wal wal = open()) {
                assertThat(wal.lastSeqId()).isEqualTo(110);
                checkLagging(wal, lagging);
                wal.purge(collection -> collection == 2 ? 0 : Long.MAX_VALUE);
                checkLagging(wal, lagging);
            }
        }
        assertThat(marks()).isNotEmpty();
        try (Wal wal = open()) {
            wal.purge(collection -> collection == 2 ? lagging[0] + 4 : Long.MAX_VALUE);
            assertThat(Logs.readAll(wal)).extracting(WalEntry::minSeqId).contains(lagging[1])
                    .doesNotContain(lagging[0]);
            wal.purge(collection -> Long.MAX_VALUE);
        }
        assertThat(marks()).isEmpty();
        try (Wal wal = open()) {
            assertThat(wal.lastSeqId()).isEqualTo(110);
        }
    }

    private static void checkLagging(Wal wal, long[] lagging) {
        assertThat(Logs.readAll(wal).stream().filter(entry -> entry.header().collection() == 2)
                .map(WalEntry::minSeqId)).containsExactly(lagging[0], lagging[1]);
        try (WalReader reader = wal.reader()) {
            reader.seekSeqId(lagging[1]);
            assertThat(reader.next().payload()).isEqualTo(Logs.payload(-2, 1000));
        }
    }

    private List<Path> marks() throws Exception {
        try (Stream<Path> all = Files.list(temp.resolve("wal"))) {
            return all.filter(path -> path.toString().endsWith(".purged")).toList();
        }
    }

    @Test
    void aPurgeCutShortAnywhereIsFinishedAtTheNextStart() throws Exception {
        for (Point point : new Point[]{Point.PURGE_MARKED, Point.PURGE_RENAMED}) {
            long last;
            try (Wal wal = open()) {
                wal.append(Logs.header(2, 1), Logs.payload(-1, 1000));
                Logs.append(wal, 60, 300_000);
                last = wal.lastSeqId();
                int[] times = {0};
                faults.set(point, () -> {
                    if (++times[0] == 2) {
                        throw new java.io.IOException("injected");
                    }
                });
                assertThatThrownBy(() -> wal.purge(collection -> collection == 2 ? 0 : Long.MAX_VALUE))
                        .isInstanceOf(WalException.class);
                faults.clear(point);
            }
            try (Wal wal = open()) {
                assertThat(wal.lastSeqId()).isEqualTo(last);
                assertThat(Logs.readAll(wal).getFirst().header().collection()).isEqualTo(2);
                wal.purge(collection -> Long.MAX_VALUE);
            }
        }
    }

    @Test
    void aReaderInAPurgedExtentReadsOnAndMovesToTheNextKept() {
        try (Wal wal = open(); WalReader reader = wal.reader()) {
            Logs.append(wal, 60, 300_000);
            ByteBuffer held = reader.next().payload();
            wal.purge(collection -> Long.MAX_VALUE);
            assertThat(held).isEqualTo(Logs.payload(1, 300_000));
            long last = 1;
            for (WalEntry entry = reader.next(); entry != null; entry = reader.next()) {
                assertThat(entry.minSeqId()).isGreaterThan(last);
                last = entry.minSeqId();
            }
            assertThat(last).isEqualTo(60);
        }
    }
}
