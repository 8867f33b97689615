package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.wal.WalException.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A copy of the files of a log that is being written is a log, and ends where it is told to. */
class LogCutTest {
    @TempDir
    Path temp;

    private Path copy(List<WalPiece> pieces, List<Path> marks) throws IOException {
        Path to = Files.createTempDirectory(temp, "copy");
        for (WalPiece piece : pieces) {
            Path file = to.resolve(piece.file().getParent().getFileName())
                    .resolve(piece.file().getFileName());
            Files.createDirectory(file.getParent());
            Files.copy(piece.file(), file);
            try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
                cut.setLength(piece.bytes());
            }
        }
        for (Path mark : marks) {
            Files.copy(mark, to.resolve(mark.getFileName()));
        }
        return to;
    }

    @ParameterizedTest
    @EnumSource(WalImplementation.class)
    void aCopyOfALogBeingWrittenEndsWhereItIsTold(WalImplementation implementation) throws IOException {
        Random random = Logs.random("LogCutTest");
        WalConfig config = Logs.small().withExtentBytes(1 << 20).withImplementation(implementation)
                .withFrameBytesMax(64 << 10);
        try (Wal wal = Wal.open(temp.resolve("wal"), config)) {
            for (int i = 0; i < 60; i++) {
                int records = 1 + random.nextInt(4);
                wal.append(Logs.header(1 + random.nextInt(3), records),
                        Logs.payload(i, random.nextInt(200_000)));
                if (i == 40) {
                    wal.reserveThrough(wal.lastSeqId() + 1000);
                }
                if (i % 20 == 19) {
                    wal.purge(collection -> collection == 1 ? 0 : Long.MAX_VALUE);
                }
            }
            List<WalEntry> all = Logs.readAll(wal);
            List<WalPiece> pieces = wal.pieces();
            assertThat(pieces).hasSizeGreaterThan(3);
            for (int i = 0; i < 12; i++) {
                WalEntry last = all.get(random.nextInt(all.size()));
                Path to = copy(pieces, wal.purgedMarks());
                WalTools.cut(to, last.maxSeqId(), wal.lastSeqId() + 1);
                checkCut(to, config, all, last.maxSeqId(), wal.lastSeqId());
            }
            Path gap = copy(pieces, wal.purgedMarks());
            long before = all.stream().mapToLong(WalEntry::maxSeqId).filter(seqId -> seqId < 1000).max()
                    .orElseThrow();
            WalTools.cut(gap, before + 500, 0);
            checkCut(gap, config, all, before, before + 1000);
        }
    }

    private static void checkCut(Path to, WalConfig config, List<WalEntry> all, long through,
            long lastSeqId) {
        for (int life = 0; life < 2; life++) {
            try (Wal cut = Wal.open(to, config)) {
                assertThat(Logs.readAll(cut)).filteredOn(entry -> entry.header().batchIdHash() == 99)
                        .filteredOn(entry -> entry.maxSeqId() <= lastSeqId)
                        .containsExactlyElementsOf(
                                all.stream().filter(entry -> entry.maxSeqId() <= through).toList());
                assertThat(cut.lastSeqId()).isGreaterThanOrEqualTo(lastSeqId);
                assertThat(Logs.append(cut, 1, 10).getFirst().minSeqId()).isGreaterThan(lastSeqId);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(WalImplementation.class)
    void aSeqIdInsideOfABatchIsRefusedAndNothingIsChanged(WalImplementation implementation)
            throws IOException {
        WalConfig config = Logs.small().withImplementation(implementation).withFrameBytesMax(64 << 10);
        try (Wal wal = Wal.open(temp.resolve("wal"), config)) {
            Logs.append(wal, 1, 10);
            wal.append(Logs.header(1, 10), Logs.payload(7, 300_000));
            Path to = copy(wal.pieces(), List.of());
            assertThatThrownBy(() -> WalTools.cut(to, 5, 0)).isInstanceOfSatisfying(WalException.class,
                    refused -> assertThat(refused.reason()).isEqualTo(Reason.INSIDE_BATCH))
                    .hasMessageContaining("take 1 or 11");
            try (Wal same = Wal.open(to, config)) {
                assertThat(Logs.readAll(same)).hasSize(2);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(WalImplementation.class)
    void whatIsPurgedIsStillKnownToBeMissingInTheCopy(WalImplementation implementation) throws IOException {
        WalConfig config = Logs.small().withExtentBytes(1 << 20).withImplementation(implementation);
        try (Wal wal = Wal.open(temp.resolve("wal"), config)) {
            Logs.append(wal, 30, 100_000);
            wal.purge(collection -> 15);
            long oldest = Logs.readAll(wal).getFirst().minSeqId();
            assertThat(oldest).isGreaterThan(1);
            Path to = copy(wal.pieces(), wal.purgedMarks());
            WalTools.cut(to, 25, 100);
            try (Wal cut = Wal.open(to, config)) {
                assertThat(cut.purgedThrough(1)).isEqualTo(oldest - 1);
            }
        }
    }
}
