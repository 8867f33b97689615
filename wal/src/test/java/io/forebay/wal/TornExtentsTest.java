package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Logs of which nothing was ever synced but the extents themselves: what a power loss explains, and what it does not. */
class TornExtentsTest {
    private static final long THIRD = RawLog.offset(2);
    private static final long FOURTH = RawLog.offset(3);

    @TempDir
    Path temp;

    /** Done to a log. */
    interface Deed {
        void on(RawLog log) throws IOException;
    }

    private Path wal() {
        return temp.resolve("wal");
    }

    private static void remove(RawLog log, int extent) throws IOException {
        Files.delete(log.file(extent));
        Files.delete(log.file(extent).getParent());
    }

    /** Three extents of five entries each. */
    static Stream<Arguments> torn() {
        return Stream.of(accepted("a frame of zeros", 7, log -> log.zero(2, THIRD, FOURTH)),
                accepted("an unfinished document", 7, log -> log.flip(2, THIRD + 3, 7)),
                accepted("the end of an extent", 8, log -> log.zero(2, FOURTH, RawLog.offset(5))),
                accepted("START", 5, log -> log.zero(2, RawLog.startOffset(), RawLog.offset(0))),
                accepted("the oldest START", 0, log -> log.zero(1, RawLog.startOffset(), RawLog.offset(0))),
                accepted("all but the first frame", 5,
                        log -> log.zero(2, RawLog.startOffset(), RawLog.offset(5))),
                accepted("two STARTs", 5, log -> {
                    log.zero(2, RawLog.startOffset(), RawLog.offset(0));
                    log.zero(3, RawLog.startOffset(), RawLog.offset(0));
                }), accepted("an extent behind a torn one is damaged", 2, log -> {
                    log.zero(1, THIRD, FOURTH);
                    log.flip(2, THIRD + 120);
                    log.truncate(3, FOURTH);
                }));
    }

    private static Arguments accepted(String name, int entries, Deed deed) {
        return Arguments.of(name, entries, deed);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("torn")
    void whatWasNeverSyncedIsGivenUpWithAllBehindIt(String name, int entries, Deed deed) throws Exception {
        deed.on(new RawLog(wal(), 3, 5, false));
        WalScan scan = WalTools.scan(wal(), (frame, payload) -> {});
        assertThat(scan.damages()).isEmpty();
        assertThat(scan.entries()).isEqualTo(entries);
        RecoveryReport report = LogsRecovery.run(wal());
        assertThat(report.entries()).isEqualTo(entries);
        assertThat(report.tornBytes()).isPositive().isEqualTo(scan.tornBytes());
        assertThat(WalTools.salvage(wal()).outcome()).isEqualTo(WalSalvage.Outcome.NOTHING_TO_DO);
        for (int life = 0; life < 2; life++) {
            try (Wal wal = Wal.open(wal(), Logs.small())) {
                assertThat(Logs.readAll(wal)).extracting(WalEntry::minSeqId)
                        .isEqualTo(Stream.iterate(1L, seqId -> seqId + 1).limit(entries + life).toList());
                Logs.append(wal, 1, 10);
            }
            assertThat(WalTools.scan(wal(), (frame, payload) -> {}).fine()).isTrue();
        }
    }

    /** With the file and the offset that a start names. */
    static Stream<Arguments> damaged() {
        return Stream.of(refused("a flipped bit", 2, THIRD, log -> log.flip(2, THIRD + 120)),
                refused("a flipped bit in a START", 2, RawLog.startOffset(),
                        log -> log.flip(2, RawLog.startOffset() + 50)),
                refused("a flipped bit in the word of a START", 3, RawLog.startOffset(),
                        log -> log.flip(3, RawLog.startOffset())),
                refused("a flipped bit in a first frame", 2, 0, log -> log.flip(2, 50)),
                refused("an extent of zeros", 2, 0, log -> log.zero(2, 0, RawLog.offset(5))),
                refused("the oldest of zeros", 1, 0, log -> log.zero(1, 0, RawLog.offset(5))),
                refused("emptied", 2, 0, log -> log.truncate(2, 0)),
                refused("the oldest emptied", 1, 0, log -> log.truncate(1, 0)),
                refused("cut", 2, THIRD, log -> log.truncate(2, THIRD)),
                refused("cut inside its START", 2, 120, log -> log.truncate(2, 120)),
                refused("an extent missing behind a torn one", 2, -1, log -> {
                    log.zero(1, THIRD, FOURTH);
                    remove(log, 2);
                }), refused("a file missing behind a torn one", 3, -1, log -> {
                    log.zero(1, THIRD, FOURTH);
                    Files.delete(log.file(3));
                }));
    }

    private static Arguments refused(String name, int extent, long offset, Deed deed) {
        return Arguments.of(name, extent, offset, deed);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damaged")
    void whatNoPowerLossExplainsIsRefusedAndSalvaged(String name, int extent, long offset, Deed deed)
            throws Exception {
        deed.on(new RawLog(wal(), 3, 5, false));
        WalScan scan = WalTools.scan(wal(), (frame, payload) -> {});
        Path directory = ExtentFiles.pathOf(wal(), extent);
        String place = offset < 0
                ? directory.toString()
                : directory.resolve("extent.log") + " is damaged at offset " + offset + ":";
        assertThatThrownBy(() -> LogsRecovery.run(wal())).isInstanceOf(WalException.class)
                .hasMessageStartingWith(place);
        assertThat(scan.damages()).anyMatch(damage -> damage.extent() == extent
                && (offset < 0 || damage.from() == offset));
        assertThat(WalTools.salvage(wal()).entries()).isEqualTo(scan.entries());
        assertThat(LogsRecovery.run(wal()).entries()).isEqualTo(scan.entries());
    }

    @Test
    void whatOnlyALaterStartSaysWasSyncedIsRefusedAsWell() throws Exception {
        RawLog log = new RawLog(wal(), 3, 5);
        log.zero(2, THIRD, RawLog.offset(5));
        log.zero(3, RawLog.offset(0), RawLog.offset(5));
        String place = log.file(2) + " is damaged at offset " + THIRD;
        assertThatThrownBy(() -> LogsRecovery.run(wal())).hasMessageStartingWith(place + ": zeros")
                .hasMessageContaining("synced before the frame at offset " + RawLog.startOffset());
        assertThat(WalTools.scan(wal(), (frame, payload) -> {}).damages()).singleElement()
                .satisfies(damage -> assertThat(damage.toString()).startsWith(place)
                        .endsWith("was written; lost: seqIds 8 to 10"));
    }

    @Test
    void aLostStartIsRefusedWhenAnyLaterFrameSaysThatTheExtentWasSynced() throws Exception {
        RawLog log = new RawLog(wal(), 3, 5);
        for (int extent : List.of(1, 2)) {
            byte[] whole = Files.readAllBytes(log.file(extent));
            log.zero(extent, RawLog.startOffset(), RawLog.offset(0));
            String place = log.file(extent) + " is damaged at offset " + RawLog.startOffset();
            assertThatThrownBy(() -> LogsRecovery.run(wal()))
                    .hasMessageStartingWith(place + ": zeros instead of")
                    .hasMessageContaining("seqId " + log.seqId(extent, 0) + " was synced before the frame")
                    .hasMessageContaining(log.file(extent + 1).toString());
            WalScan scan = WalTools.scan(wal(), (frame, payload) -> {});
            assertThat(scan.damages()).singleElement()
                    .satisfies(damage -> assertThat(damage.toString()).startsWith(place + " (to ")
                            .endsWith("was written; lost: nothing"));
            assertThat(scan.entries()).isEqualTo(15);
            Files.write(log.file(extent), whole);
        }
    }
}
