package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.wal.WalException.Reason;
import io.forebay.wal.WalSalvage.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random damage to a real log. Recovery, verify and salvage must agree with each other and with what was appended: never a
 * wrong byte, never a crash, what is said to be lost is exactly what is gone, and only what was hit is gone. What is
 * accepted is what was appended up to some place, and no frame that is left says that more was synced.
 *
 * <p>Both kinds of files; half of the logs have several extents that were never synced, where a torn tail may span them.
 */
@Tag("fuzz")
class DamageFuzzTest {
    @TempDir
    Path temp;

    @Test
    @Timeout(240)
    void hundredsOfDamagesAreReportedExactly() throws Exception {
        rounds(Logs.random("hundredsOfDamagesAreReportedExactly"), 3, 100);
    }

    @Test
    @Tag("long")
    @Timeout(3600)
    void thousandsOfDamagesAreReportedExactly() throws Exception {
        rounds(Logs.random("thousandsOfDamagesAreReportedExactly"), 20, 250);
    }

    /** In memory where that is possible: a salvage syncs a dozen times, which is not what is tested here. */
    private Path directory() throws IOException {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "forebay-fuzz")
                : temp.resolve("log");
    }

    private void rounds(Random random, int logs, int roundsEach) throws Exception {
        for (int i = 0; i < logs; i++) {
            Path parent = directory();
            try {
                log(random, i, parent, roundsEach);
            } finally {
                DamagedLog.delete(parent);
            }
        }
    }

    private static void log(Random random, int i, Path parent, int roundsEach) throws Exception {
        DamagedLog log = new DamagedLog(parent, random.nextLong(), true);
        for (int round = 0; round < roundsEach; round++) {
            boolean several = random.nextInt(3) == 0;
            boolean powerLoss = random.nextInt(6) == 0;
            List<String> done = new ArrayList<>();
            if (powerLoss) {
                done.add(losePages(log, random));
                several &= random.nextBoolean();
            }
            for (int hits = several ? 2 + random.nextInt(4) : powerLoss ? 0 : 1; hits > 0; hits--) {
                done.add(damage(log, random, several || powerLoss));
            }
            try {
                check(log, done.size() == 1 && !powerLoss);
            } catch (AssertionError | RuntimeException | IOException e) {
                throw new AssertionError("log " + i + ", round " + round + ": " + done + ": " + e, e);
            }
            log.heal();
        }
    }

    private static String losePages(DamagedLog log, Random random) {
        int first = log.documents.firstKey();
        int extent = first + random.nextInt(log.lastExtent() - first + 1);
        long at = random.nextLong(log.end(extent));
        log.losePages(extent, at, random);
        return "pages lost from extent " + extent + " at " + at;
    }

    private static String damage(DamagedLog log, Random random, boolean several) throws IOException {
        List<Integer> extents = List.copyOf(log.documents.keySet());
        int extent = extents.get(random.nextInt(extents.size()));
        long end = log.end(extent) + (random.nextInt(10) == 0 ? 5000 : 0);
        long at = random.nextLong(end);
        List<Long> begins = List.copyOf(log.documents.get(extent).keySet());
        if (random.nextInt(3) == 0) {
            // Near the beginning of a document, or before: words, headers, Chronicle's own documents.
            at = Math.max(0, begins.get(random.nextInt(begins.size())) - 12 + random.nextInt(100));
        }
        int length = 1 + random.nextInt(random.nextBoolean() ? 16 : 30_000);
        switch (random.nextInt(14)) {
            case 0, 1, 2, 3 -> log.flip(extent, at, random.nextInt(8));
            case 4, 5, 6 -> log.zero(extent, at, length);
            case 7 -> log.zero(extent, at & -4096, 4096 * (1 + random.nextInt(4)));
            case 8, 9 -> {
                byte[] noise = new byte[length];
                random.nextBytes(noise);
                log.write(extent, at, noise);
            }
            case 10 -> log.truncate(extent, random.nextInt(4) == 0 ? 0 : at);
            case 11 -> {
                long start = log.documents.get(extent).higherKey(begins.getFirst());
                log.zero(extent, start, random.nextBoolean() ? 120 : 4096);
                at = start;
            }
            case 12 -> log.zero(extent, 0, (int) log.end(extent));
            default -> {
                // The loss of the oldest or the newest directory looks like a purge or a log that ended there.
                if (!several && extent != extents.getFirst() && extent != extents.getLast()) {
                    log.remove(extent);
                    return "removed " + extent;
                }
                log.flip(extent, at, random.nextInt(8));
            }
        }
        return "extent " + extent + " at " + at + " length " + length;
    }

    private static void check(DamagedLog log, boolean single) throws IOException {
        Set<Long> hit = log.hit();
        WalScan scan = WalTools.scan(log.directory, (frame, payload) -> {});
        recoveryAgrees(log, scan);
        Map<Long, DamagedLog.Entry> kept = keptBy(log.directory, log);
        Set<Long> gone = new TreeSet<>(log.entries.keySet());
        gone.removeAll(kept.keySet());
        Set<Long> explained = exactlyLost(log, scan, gone);
        if (scan.fine()) {
            acceptedIsAPrefix(log, gone);
        }
        for (long entry : gone) {
            if (!hit.contains(entry)) {
                // Not hit itself: it lay behind a torn place, which nobody had synced.
                assertThat(explained).as("entry " + entry + " was not hit; " + scan).doesNotContain(entry);
                DamagedLog.Piece last = log.entries.get(entry).pieces().getLast();
                assertThat(scan.extents()).as("no reason to give up entry " + entry).anyMatch(
                        extent -> extent.tornBytes() > 0 && extent.number() <= last.extent());
            }
        }
        boolean whole = !scan.fine()
                && scan.damages().getFirst().reason().startsWith("no frame of it checks");
        if (single && !scan.fine() && !whole) {
            exactlyPlaced(log, scan.damages().getFirst());
        }
        salvageKeeps(log, scan, kept.keySet());
    }

    /** Nothing is missing before something that is there, and nothing that any frame left says was synced. */
    private static void acceptedIsAPrefix(DamagedLog log, Set<Long> gone) throws IOException {
        if (gone.isEmpty()) {
            return;
        }
        long first = gone.iterator().next();
        assertThat(gone).isEqualTo(log.entries.tailMap(first, true).keySet());
        assertThat(log.witnessed()).as("entry " + first + " is gone and was synced").isLessThan(first);
        DamagedLog.Piece last = log.entries.get(first).pieces().getLast();
        Map.Entry<Long, DamagedLog.Entry> before = log.entries.lowerEntry(first);
        DamagedLog.Piece kept = before == null ? null : before.getValue().pieces().getLast();
        assertThat(log.changedBetween(kept == null ? -1 : kept.extent(), kept == null ? 0 : kept.to(),
                last.extent(), last.to())).as("no reason to give up entry " + first).isTrue();
    }

    /** The whole entries of a log; every byte is checked against what was appended. */
    private static Map<Long, DamagedLog.Entry> keptBy(Path directory, DamagedLog log) throws IOException {
        LogScan first = new LogScan(directory, 0, (extent, walk) -> {});
        first.run();
        Map<Long, DamagedLog.Entry> kept = new TreeMap<>();
        ByteArrayOutputStream gathered = new ByteArrayOutputStream();
        new LogScan(directory, 0, (extent, walk) -> {
            if (!SalvageWriter.keeps(extent, walk, first.worthless())) {
                return;
            }
            Frame frame = walk.frame;
            gathered.writeBytes(extent.log.asSlice(walk.payloadOffset(), frame.payloadLength)
                    .toArray(ValueLayout.JAVA_BYTE));
            if (frame.kind != Frame.PART) {
                DamagedLog.Entry entry = log.entries.get(frame.minSeqId);
                assertThat(ByteBuffer.wrap(gathered.toByteArray())).isEqualTo(entry.payload());
                assertThat(frame.appendTimeMillis).isEqualTo(entry.appendTimeMillis());
                assertThat(new EntryHeader(frame.collection, frame.incarnation, frame.type,
                        (int) (frame.maxSeqId - frame.minSeqId + 1), frame.batchIdHash))
                        .isEqualTo(entry.header());
                assertThat(kept.put(frame.minSeqId, entry)).isNull();
                gathered.reset();
            }
        }).run();
        return kept;
    }

    /** What is said to be lost is gone; returns the entries in it. */
    private static Set<Long> exactlyLost(DamagedLog log, WalScan scan, Set<Long> gone) {
        Set<Long> said = new TreeSet<>();
        for (WalDamage.Lost range : scan.lost()) {
            for (DamagedLog.Entry entry : log.entries.values()) {
                boolean inside = entry.minSeqId() >= range.from() && entry.maxSeqId() <= range.to();
                boolean outside = entry.maxSeqId() < range.from() || entry.minSeqId() > range.to();
                assertThat(inside || outside).as(range + " cuts an entry").isTrue();
                if (inside) {
                    said.add(entry.minSeqId());
                }
            }
        }
        assertThat(gone).as("said to be lost by " + scan).containsAll(said);
        for (long entry : gone) {
            if (!said.contains(entry)) {
                // Only the end of the log may go without a word, and only as a torn tail.
                assertThat(log.entries.get(entry).maxSeqId()).as("not said to be lost by " + scan)
                        .isGreaterThanOrEqualTo(scan.nextSeqId());
            }
        }
        return said;
    }

    /** At the beginning of the hit document, or between it and the one before. */
    private static void exactlyPlaced(DamagedLog log, WalDamage damage) throws IOException {
        long change = log.firstChange(damage.extent());
        assertThat(change).as(damage + " names a file that was not hit").isNotNegative();
        if (damage.reason().startsWith("the file ends here")) {
            assertThat(damage.from()).isEqualTo(change); // cut inside the word of a document
            return;
        }
        Map.Entry<Long, Long> before = log.documents.get(damage.extent()).floorEntry(change);
        Map.Entry<Long, Long> behind = log.documents.get(damage.extent()).ceilingEntry(change);
        boolean padding = before != null && change >= before.getValue() - 3
                && damage.from() >= before.getValue();
        if (before != null && change < before.getValue() && !padding) {
            assertThat(damage.from()).as("hit at " + change + ", said " + damage).isEqualTo(before.getKey());
        } else {
            long from = before == null ? 0 : before.getValue();
            assertThat(damage.from()).as("hit at " + change + ", said " + damage)
                    .isBetween(from, behind == null ? Long.MAX_VALUE : behind.getKey());
        }
    }

    private static void recoveryAgrees(DamagedLog log, WalScan scan) throws IOException {
        try {
            RecoveryReport report = LogsRecovery.run(log.directory);
            assertThat(scan.damages()).as("recovery accepts it").isEmpty();
            assertThat(scan.entries()).isEqualTo(report.entries());
            assertThat(Math.max(0, scan.nextSeqId() - 1)).isEqualTo(report.lastSeqId());
            assertThat(scan.tornBytes()).isEqualTo(report.tornBytes());
        } catch (WalException refused) {
            assertThat(refused.reason()).isEqualTo(Reason.CORRUPT);
            assertThat(scan.damages()).as("recovery refuses: " + refused.getMessage()).isNotEmpty();
            assertThat(scan.damages()).as("recovery says " + refused.getMessage())
                    .anyMatch(damage -> sameAs(damage, refused.getMessage(), log));
        }
    }

    private static boolean sameAs(WalDamage damage, String message, DamagedLog log) {
        return message.startsWith(damage.file() + " is damaged at offset " + damage.from() + ": ")
                || message.startsWith(extentOf(log, damage) + ": the extent is missing")
                || message.startsWith(damage.file() + " is damaged at offset 0: the file is missing");
    }

    /** A file that has no frame left is named by its directory in Recovery, as if it were missing. */
    private static Path extentOf(DamagedLog log, WalDamage damage) {
        return damage.file().getParent().equals(log.directory) ? damage.file() : damage.file().getParent();
    }

    private static void salvageKeeps(DamagedLog log, WalScan scan, Set<Long> kept) throws IOException {
        WalSalvage salvage = WalTools.salvage(log.directory);
        if (scan.fine()) {
            assertThat(salvage.outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
            return;
        }
        assertThat(salvage.outcome()).isEqualTo(Outcome.SALVAGED);
        assertThat(salvage.scan().damages()).isEqualTo(scan.damages());
        WalScan mended = WalTools.scan(log.directory, (frame, payload) -> {});
        assertThat(mended.damages()).isEmpty();
        assertThat(mended.tornBytes()).isZero();
        assertThat(mended.nextSeqId()).isEqualTo(Math.max(1, scan.nextSeqId()));
        assertThat(keptBy(log.directory, log).keySet()).isEqualTo(kept);
        RecoveryReport report = LogsRecovery.run(log.directory);
        assertThat(report.entries()).isEqualTo(kept.size());
        assertThat(report.lastSeqId()).isEqualTo(mended.nextSeqId() - 1);
    }
}
