package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of damage, with exactly what is said of it; and logs that are in use. */
class WalToolsTest {
    private static final long THIRD = RawLog.offset(2);
    private static final long FOURTH = RawLog.offset(3);

    @TempDir
    Path temp;

    private Path wal() {
        return temp.resolve("wal");
    }

    private WalScan scan() {
        return WalTools.scan(wal(), (frame, payload) -> {});
    }

    /** Done to a log. */
    interface Deed {
        void on(RawLog log) throws IOException;
    }

    private static Arguments kind(String name, Deed deed, String... lines) {
        return Arguments.of(name, deed, List.of(lines));
    }

    /** Three extents of five entries each; EXTENT 2 has seqIds 6 to 10. */
    static Stream<Arguments> kinds() {
        String synced = " was synced before the frame at offset " + RawLog.startOffset()
                + " of DIR/3 was written; lost: ";
        String third = " at offset " + THIRD + " (to " + FOURTH + "): ";
        String word = " at offset " + THIRD + " (to " + (THIRD + 4) + "): ";
        String missing = "the extent is missing; DIR/3 continues it; lost: seqIds 6 to 10";
        return Stream.of(
                kind("payload", log -> log.flip(2, THIRD + 120),
                        "2" + third + "wrong checksum; seqId 8" + synced + "seqId 8 of collection 4"),
                kind("header", log -> log.flip(2, THIRD + 30),
                        "2" + third + "wrong checksum; seqId 8" + synced + "seqId 8 of collection 4"),
                kind("magic", log -> log.flip(2, THIRD + 4),
                        "2" + third + "no frame in the document; seqId 8" + synced + "seqId 8"),
                kind("length in the word", log -> log.flip(2, THIRD, 3),
                        "2" + word + "lengths of document and frame differ; seqId 8" + synced + "nothing"),
                kind("word says unfinished", log -> log.flip(2, THIRD + 3, 7),
                        "2" + word + "unfinished document; seqId 8" + synced + "nothing"),
                kind("word says Chronicle's", log -> log.flip(2, THIRD + 3, 6),
                        "2" + word + "frame marked as Chronicle's own; seqId 8" + synced + "nothing"),
                kind("zeros", log -> log.zero(2, THIRD, FOURTH + 90),
                        "2 at offset " + THIRD + " (to " + RawLog.offset(4)
                                + "): zeros instead of a document; seqId 8" + synced + "seqIds 8 to 9"),
                kind("a Chronicle document over frames",
                        log -> log.write(2, RawLog.offset(1), new byte[]{0x6c, 1, 0, 0x40, 0, 0, 0, 0}),
                        "2 at offset " + RawLog.offset(1) + " (to " + THIRD
                                + "): a document of Chronicle's own that covers a frame; seqId 7" + synced
                                + "seqId 7"),
                kind("two places", log -> {
                    log.flip(2, THIRD + 120);
                    log.flip(2, RawLog.offset(4) + 120);
                    log.flip(2, FOURTH + 120);
                }, "2" + third + "wrong checksum; seqId 8" + synced + "seqIds 8 to 10 of collection 4",
                        "2 at offset " + FOURTH + " (to " + RawLog.offset(4)
                                + "): wrong checksum; lost: seqIds 8 to 10 of collection 4",
                        "2 at offset " + RawLog.offset(4) + " (to " + RawLog.offset(5)
                                + "): wrong checksum; lost: seqIds 8 to 10 of collection 4"),
                kind("the first frame", log -> log.flip(2, 50),
                        "2 at offset 0 (to " + RawLog.startOffset() + "): wrong checksum; lost: nothing"),
                kind("START", log -> log.flip(2, RawLog.startOffset() + 50),
                        "2 at offset " + RawLog.startOffset() + " (to " + RawLog.offset(0)
                                + "): wrong checksum; seqId 6" + synced + "nothing"),
                kind("cut", log -> log.truncate(2, FOURTH + 10),
                        "2 at offset " + FOURTH + " (to " + (FOURTH + 10)
                                + "): document of 180 bytes reaches beyond the end; lost: seqIds 9 to 10",
                        "2 at offset " + (FOURTH + 10) + " (to " + RawLog.offset(5)
                                + "): the file ends here instead of at "
                                + RawLog.offset(5) + "; lost: seqIds 9 to 10"),
                kind("emptied", log -> log.truncate(2, 0),
                        "2 at offset 0 (to 0): no frame of it checks, and DIR/3 continues it; lost: seqIds 6 to 10"),
                kind("the oldest emptied", log -> log.truncate(1, 0),
                        "1 at offset 0 (to 0): no frame of it checks, and DIR/2 continues it; "
                                + "lost: seqIds up to 5 that were not purged before"),
                kind("file missing", log -> Files.delete(log.file(2)),
                        "2 at offset 0 (to 0): the file is missing; lost: seqIds 6 to 10"),
                kind("extent missing", log -> {
                    Files.delete(log.file(2));
                    Files.delete(log.file(2).getParent());
                }, "2 at offset 0 (to 0): " + missing),
                kind("a torn tail", log -> log.flip(3, RawLog.offset(4) + 120)),
                kind("a torn tail of zeros", log -> log.zero(3, RawLog.offset(2), RawLog.offset(3))),
                kind("damage in the last one", log -> log.flip(3, RawLog.offset(2) + 120),
                        "3 at offset " + THIRD + " (to " + FOURTH
                                + "): wrong checksum, and a valid frame lies behind it at offset " + FOURTH
                                + "; lost: seqId 13 of collection 4"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void eachKindOfDamageIsNamedExactlyAndSalvaged(String name, Deed deed, List<String> lines)
            throws Exception {
        RawLog log = new RawLog(wal(), 3, 5);
        deed.on(log);
        WalScan scan = scan();
        assertThat(scan.damages()).extracting(this::brief).containsExactlyElementsOf(lines);
        if (!lines.isEmpty()) {
            assertThatThrownBy(() -> LogsRecovery.run(wal())).isInstanceOfSatisfying(WalException.class,
                    refused -> assertThat(refused.reason()).isEqualTo(WalException.Reason.CORRUPT));
        }
        WalSalvage salvage = WalTools.salvage(wal());
        if (lines.isEmpty()) {
            assertThat(scan.tornBytes()).isPositive();
            assertThat(salvage.outcome()).isEqualTo(WalSalvage.Outcome.NOTHING_TO_DO);
            return;
        }
        for (WalDamage damage : scan.damages()) {
            assertThat(salvage.report()).contains(damage.toString());
        }
        assertThat(scan().fine()).isTrue();
        assertThat(scan().entries()).isEqualTo(scan.entries());
        assertThat(scan().nextSeqId()).isEqualTo(16);
        long lost = name.equals("the oldest emptied") ? 5 : scan.lostSeqIds();
        assertThat(scan.entries() + lost).isEqualTo(15);
        assertThat(LogsRecovery.run(wal()).entries()).isEqualTo(scan.entries());
    }

    /** Without the directory and the names of files. */
    private String brief(WalDamage damage) {
        return damage.toString().replace(wal() + "/", "DIR/")
                .replaceAll("DIR/0*(\\d+)(/(19700101F.cq4|extent.log))?", "DIR/$1")
                .replaceFirst("DIR/(\\d+) is damaged", "$1");
    }

    @Test
    void aLogWithoutAnyEntryIsEmptyAndADirectoryThatWasNeverOneIsNone() throws Exception {
        Files.createDirectory(wal());
        assertThatThrownBy(this::scan).hasMessageContaining("there is no log in " + wal());
        assertThatThrownBy(() -> WalTools.salvage(wal())).hasMessageContaining("there is no log in ");
        Files.createFile(wal().resolve(LogLock.FILE));
        assertThat(scan().fine()).isTrue();
        assertThat(scan().extents()).isEmpty();
        assertThat(WalTools.salvage(wal()).outcome()).isEqualTo(WalSalvage.Outcome.NOTHING_TO_DO);
        try (WalFollower follower = WalTools.follow(wal(), null)) {
            assertThat(follower.poll((frame, payload) -> {})).isZero();
            try (Wal wal = Wal.open(wal(), Logs.small())) {
                Logs.append(wal, 1, 10);
                assertThat(follower.poll((frame, payload) -> {})).isEqualTo(3);
            }
        }
    }

    @Test
    void toolsFindNoDamageInALogThatGrowsAndIsPurged() throws Exception {
        try (Wal wal = Wal.open(wal(), WalConfig.defaults().withExtentBytes(2 * Logs.MB).withReserve(0, 0)
                .withFrameBytesMax(40_000).withIdleMillis(1))) {
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 3000; i++) {
                    wal.append(Logs.one(), Logs.payload(wal.lastSeqId() + 1, i % 20 == 0 ? 100_000 : 2000));
                    if (i % 100 == 0) {
                        wal.purge(collection -> wal.lastSeqId() - 700);
                    }
                }
            });
            int scans = 0;
            while (!writer.isDone() || scans == 0) {
                long[] before = {0};
                WalScan scan = WalTools.scan(wal(), (frame, payload) -> {
                    if (frame.kind() == WalFrame.Kind.ENTRY) {
                        assertThat(frame.minSeqId()).isGreaterThan(before[0]);
                        before[0] = frame.minSeqId();
                        assertThat(payload).isEqualTo(Logs.payload(frame.minSeqId(), 2000));
                    }
                });
                assertThat(scan.damages()).isEmpty();
                scans++;
            }
            writer.join();
            assertThat(scan().nextSeqId()).isEqualTo(3001);
            assertThat(WalTools.owner(wal())).isEqualTo(new WalOwner(WalOwner.State.HELD,
                    ProcessHandle.current().pid()));
        }
        assertThat(WalTools.owner(wal()).state()).isEqualTo(WalOwner.State.FREE);
    }

    @Test
    void aFollowerSeesEveryFrameOnceAndInOrder() throws Exception {
        try (Wal wal = Wal.open(wal(), WalConfig.defaults().withExtentBytes(2 * Logs.MB).withReserve(0, 0));
                WalFollower follower = WalTools.follow(wal(), null)) {
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> Logs.append(wal, 4000, 1500),
                    // Of its own: the common pool has one thread on two cores, which another test may keep busy.
                    task -> new Thread(task, "writer").start());
            List<Long> seen = new ArrayList<>();
            WalFrameVisitor visitor = (frame, payload) -> {
                if (frame.kind() == WalFrame.Kind.ENTRY) {
                    seen.add(frame.minSeqId());
                    assertThat(payload).isEqualTo(Logs.payload(frame.minSeqId(), 1500));
                }
            };
            while (seen.size() < 4000 && !writer.isCompletedExceptionally()) {
                follower.poll(visitor);
                assertThat(follower.trouble()).isNull();
            }
            writer.join();
            assertThat(seen).hasSize(4000).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void anotherProcessThatHoldsTheLockIsNamedAndKeepsIt() throws Exception {
        Process holder = LockTest.child(LockTest.Opener.class, wal().toString());
        assertThat(holder.inputReader().readLine()).startsWith("opened");
        WalOwner owner = WalTools.owner(wal());
        assertThat(owner.pid()).isEqualTo(holder.pid());
        assertThat(owner.state()).isIn(WalOwner.State.HELD, WalOwner.State.UNSURE);
        scan();
        assertThatThrownBy(() -> LogLock.take(wal())).hasMessageContaining("process " + holder.pid());
        holder.destroyForcibly().waitFor();
        assertThat(WalTools.owner(wal())).isEqualTo(new WalOwner(WalOwner.State.FREE, 0));
    }

    @Test
    void aFrameInsideAPayloadIsNoFrameOfTheLog() throws Exception {
        RawLog log = new RawLog(wal(), 2, 5);
        byte[] whole = Files.readAllBytes(log.file(1));
        // A client stored what looks like entry 3 of this extent; then that payload is hit.
        try (Wal wal = Wal.open(temp.resolve("other"), Logs.small())) {
            ByteBuffer inner = ByteBuffer.wrap(whole, (int) THIRD + 4, 180);
            wal.append(Logs.one(), inner);
            wal.append(Logs.one(), Logs.payload(2, 10));
            long[] at = {0};
            WalTools.scan(temp.resolve("other"), (frame, payload) -> at[0] = frame.minSeqId() == 1
                    && frame.kind() == WalFrame.Kind.ENTRY ? frame.offset() : at[0]);
            try (var raw = new java.io.RandomAccessFile(LogFiles.fileIn(
                    ExtentFiles.pathOf(temp.resolve("other"), 1)).toFile(), "rw")) {
                raw.seek(at[0] + 40);
                raw.write(77);
            }
        }
        WalScan scan = WalTools.scan(temp.resolve("other"), (frame, payload) -> {
            if (frame.ofEntry()) {
                assertThat(frame.minSeqId()).isEqualTo(2);
            }
        });
        assertThat(scan.lost()).containsExactly(new WalDamage.Lost(1, 1));
    }
}
