package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.wal.WalException.Reason;
import io.forebay.wal.WalSalvage.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SalvageTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final String STAMP = "20270115T080000";

    @TempDir
    Path temp;

    private Path wal() {
        return temp.resolve("wal");
    }

    /** Ends a salvage as a kill would: nothing that it has done is undone. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private WalSalvage salvage(Salvage.Steps steps) throws IOException {
        return new Salvage(wal(), () -> NOW, parent -> Long.MAX_VALUE, steps).run();
    }

    private static void refusedToOpen(Path directory, String... texts) {
        assertThatThrownBy(() -> Wal.open(directory, Logs.small()))
                .isInstanceOfSatisfying(WalException.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(Reason.CORRUPT);
                    assertThat(refused.getMessage()).contains(texts);
                });
    }

    private static List<String> steps(DamagedLog log) throws IOException {
        List<String> all = new ArrayList<>();
        new Salvage(log.directory, () -> NOW, parent -> Long.MAX_VALUE, step -> all.add(step.name())).run();
        log.heal();
        return all;
    }

    @Test
    void aKillAtAnyStepLosesNothingAndASecondRunFinishes() throws Exception {
        DamagedLog log = new DamagedLog(temp, 4711);
        long[] hits = {log.documents.get(1).higherKey(70_000L) + 50, log.documents.get(2).lastKey() + 60};
        log.flip(1, hits[0], 3);
        log.flip(2, hits[1], 3);
        Set<Long> expected = new TreeSet<>(log.entries.keySet());
        expected.removeAll(log.hit());
        List<String> steps = steps(log);
        assertThat(steps).contains("LOCKED", "EXTENT_WRITTEN", "NEW_RENAMED");
        for (int killedAt = 0; killedAt < steps.size(); killedAt++) {
            log.flip(1, hits[0], 3);
            log.flip(2, hits[1], 3);
            int[] left = {killedAt};
            assertThatThrownBy(() -> salvage(step -> {
                if (left[0]-- == 0) {
                    throw new Killed();
                }
            })).isInstanceOf(Killed.class);
            boolean done = steps.get(killedAt).equals("NEW_RENAMED");
            if (!done) {
                refusedToOpen(wal(), "forebay wal salvage " + wal());
            }
            WalSalvage second = salvage(Salvage.Steps.NONE);
            assertThat(second.outcome()).as("after a kill at " + steps.get(killedAt)).isEqualTo(done
                    ? Outcome.NOTHING_TO_DO
                    : steps.get(killedAt).equals("OLD_RENAMED") ? Outcome.FINISHED : Outcome.SALVAGED);
            Set<Long> kept = new TreeSet<>();
            assertThat(WalTools.scan(wal(), (frame, payload) -> {
                if (frame.kind() == WalFrame.Kind.ENTRY || frame.kind() == WalFrame.Kind.COMMIT) {
                    kept.add(frame.minSeqId());
                }
            }).fine()).isTrue();
            assertThat(kept).isEqualTo(expected);
            assertThat(Files.readString(wal().resolve("salvage-report.txt")))
                    .contains("wal.damaged-" + STAMP, "offset " + log.documents.get(1).floorKey(hits[0]));
            assertThat(temp.resolve("wal.salvaged")).doesNotExist();
            log.heal(); // from wal.damaged-*: the old log is still there, byte by byte
            assertThat(log.hit()).isEmpty();
        }
    }

    @Test
    void aSalvagedLogGoesOnBehindTheOldOne() throws Exception {
        DamagedLog log = new DamagedLog(temp, 4712);
        log.flip(1, log.documents.get(1).higherKey(70_000L) + 90, 3);
        long last = log.entries.lastEntry().getValue().maxSeqId();
        int kept = log.entries.size() - log.hit().size();
        refusedToOpen(wal(), "offset " + log.documents.get(1).higherKey(70_000L),
                "forebay wal salvage " + wal());
        assertThat(salvage(Salvage.Steps.NONE).entries()).isEqualTo(kept);
        for (int life = 0; life < 2; life++) {
            try (Wal wal = Wal.open(wal(), Logs.small())) {
                assertThat(wal.lastSeqId()).isEqualTo(last + life);
                List<WalEntry> all = Logs.readAll(wal);
                assertThat(all).hasSize(kept + life);
                for (WalEntry entry : all.subList(0, kept)) {
                    DamagedLog.Entry appended = log.entries.get(entry.minSeqId());
                    assertThat(entry.header()).isEqualTo(appended.header());
                    assertThat(entry.appendTimeMillis()).isEqualTo(appended.appendTimeMillis());
                    assertThat(entry.payload()).isEqualTo(appended.payload());
                }
                assertThat(Logs.append(wal, 1, 10).getFirst().minSeqId()).isEqualTo(last + life + 1);
            }
        }
    }

    @Test
    void aLogThatWasMovedAwayIsNotReplacedByAnEmptyOne() throws Exception {
        try (Wal wal = Wal.open(wal(), Logs.small())) {
            Logs.append(wal, 1, 10);
        }
        Path moved = temp.resolve("wal.damaged-" + STAMP);
        Files.move(wal(), moved);
        refusedToOpen(wal(), moved.toString(), "rename it to wal");
        assertThat(wal()).doesNotExist();
        assertThatThrownBy(() -> WalTools.salvage(wal())).hasMessageContaining(moved.toString());
        assertThatThrownBy(() -> WalTools.scan(wal(), (frame, payload) -> {}))
                .hasMessageContaining(moved.toString());
        // An incomplete copy never takes its place either.
        Files.createDirectory(temp.resolve("wal.salvaged"));
        refusedToOpen(wal(), "a salvage was interrupted");
        assertThatThrownBy(() -> WalTools.salvage(wal())).hasMessageContaining("not complete");
        Files.delete(temp.resolve("wal.salvaged"));
        Files.move(moved, wal());
        Wal.open(wal(), Logs.small()).close();
    }

    @Test
    void withoutRoomOrWithANewerFileNothingIsChanged() throws Exception {
        RawLog log = new RawLog(wal(), 2, 3);
        log.flip(1, RawLog.offset(1) + 100);
        assertThatThrownBy(() -> new Salvage(wal(), () -> NOW, parent -> 1 << 20, Salvage.Steps.NONE).run())
                .isInstanceOfSatisfying(WalException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.DISK_FULL))
                .hasMessageContaining("nothing was changed");
        log.newer(2, 0);
        assertThatThrownBy(() -> WalTools.salvage(wal())).isInstanceOfSatisfying(WalException.class,
                refused -> assertThat(refused.reason()).isEqualTo(Reason.NEWER_VERSION))
                .hasMessageContaining("version 9").hasMessageContaining("offset " + RawLog.offset(0));
        try (Stream<Path> siblings = Files.list(temp)) {
            assertThat(siblings).containsExactly(wal());
        }
    }

    @Test
    void aLogInUseIsRefused() {
        try (Wal wal = Wal.open(wal(), Logs.small())) {
            Logs.append(wal, 1, 10);
            assertThatThrownBy(() -> WalTools.salvage(wal())).isInstanceOfSatisfying(WalException.class,
                    refused -> assertThat(refused.reason()).isEqualTo(Reason.LOCKED));
        }
    }

    @Test
    void marksOfPurgedExtentsAreFollowedAndADamagedOneCostsNothing() throws Exception {
        int kept;
        try (Wal wal = Wal.open(wal(), Logs.small())) {
            wal.append(Logs.header(2, 5), Logs.payload(-1, 1000));
            Logs.append(wal, 60, 300_000);
            assertThat(wal.purge(collection -> collection == 2 ? 0 : Long.MAX_VALUE)).isPositive();
            kept = Logs.readAll(wal).size();
        }
        assertThat(WalTools.scan(wal(), (frame, payload) -> {}).purgedBetween()).isNotEmpty();
        Path mark;
        try (Stream<Path> all = Files.list(wal())) {
            mark = all.filter(path -> path.toString().endsWith(".purged")).findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(mark);
        bytes[20] ^= 1;
        Files.write(mark, bytes);
        WalScan scan = WalTools.scan(wal(), (frame, payload) -> {});
        assertThat(scan.damages()).singleElement()
                .satisfies(
                        damage -> assertThat(damage.toString()).startsWith(mark + " is damaged at offset 0")
                                .endsWith("lost: nothing"));
        refusedToOpen(wal(), mark.toString(), "forebay wal salvage");
        salvage(Salvage.Steps.NONE);
        try (Wal wal = Wal.open(wal(), Logs.small())) {
            assertThat(wal.lastSeqId()).isEqualTo(65);
            assertThat(Logs.readAll(wal)).hasSize(kept);
        }
    }

    @Test
    void aLogOfWhichNothingIsLeftStillGivesNoSeqIdTwice() throws Exception {
        RawLog log = new RawLog(wal(), 2, 1);
        log.flip(1, RawLog.offset(0) + 90);
        log.flip(2, RawLog.offset(0) + 90);
        log.barrier(3, 3);
        salvage(Salvage.Steps.NONE);
        try (Wal wal = Wal.open(wal(), Logs.small())) {
            assertThat(Logs.readAll(wal)).isEmpty();
            assertThat(Logs.append(wal, 1, 10).getFirst().minSeqId()).isEqualTo(3);
        }
    }
}
