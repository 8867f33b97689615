package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.wal.FailPoints.Point;
import java.io.BufferedReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A child process appends and tells each acknowledgement on a pipe; it is killed at a random moment, or kills itself at a
 * named fail point. The parent then opens the log and finds every acknowledged entry, byte by byte, and no half one.
 */
class CrashTest {
    private static final int KEPT = 2000;
    private static final int KILL_AFTER_MILLIS_MAX = 250;

    @TempDir
    Path temp;

    /** args: directory, seed, fail point or "-", how often it is passed before, implementation. */
    static final class Victim {
        public static void main(String[] args) throws Exception {
            Random random = new Random(Long.parseLong(args[1]));
            AtomicInteger left = new AtomicInteger(Integer.parseInt(args[3]));
            FailPoints faults = point -> {
                if (point.name().equals(args[2]) && left.decrementAndGet() < 0) {
                    Runtime.getRuntime().halt(9);
                }
            };
            PrintStream out = new PrintStream(System.out, false);
            try (Wal wal = ExtentWal.open(Path.of(args[0]), Logs.small().withIdleMillis(5)
                    .withImplementation(WalImplementation.valueOf(args[4])), faults)) {
                tell(out, "opened " + wal.lastSeqId());
                run(wal, random, out);
            }
        }

        private static void run(Wal wal, Random random, PrintStream out) throws Exception {
            ArrayDeque<Appended> unsynced = new ArrayDeque<>();
            for (int i = 0;; i++) {
                int records = 1 + random.nextInt(5);
                int length = random.nextInt(30) == 0
                        ? 600_000 + random.nextInt(2_000_000)
                        : random.nextInt(40_000);
                long min = wal.lastSeqId() + 1;
                unsynced.add(wal.append(Logs.header(1 + i % 3, records), Logs.payload(min, length)));
                if (random.nextInt(4) == 0) {
                    wal.durable(unsynced.getLast().maxSeqId()).get();
                    for (Appended appended : unsynced) {
                        tell(out, "synced " + appended.maxSeqId());
                    }
                    unsynced.clear();
                } else {
                    // Acknowledged at level os: a kill must not lose it either.
                    tell(out, "appended " + unsynced.getLast().maxSeqId());
                }
                if (random.nextInt(40) == 0) {
                    long keep = Math.max(0, wal.lastSeqId() - KEPT);
                    wal.purge(collection -> keep);
                }
                if (random.nextInt(50) == 0) {
                    TimeUnit.MILLISECONDS.sleep(8); // long enough for a barrier
                }
            }
        }

        private static void tell(PrintStream out, String line) {
            out.println(line);
            out.flush();
        }
    }

    @Test
    void nothingAcknowledgedIsLostByKills() throws Exception {
        rounds(Logs.random("nothingAcknowledgedIsLostByKills"), 4, false);
    }

    @Test
    void nothingAcknowledgedIsLostAtAnyFailPoint() throws Exception {
        rounds(Logs.random("nothingAcknowledgedIsLostAtAnyFailPoint"), Point.values().length, true);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void nothingAcknowledgedIsLostByTwoHundredKills() throws Exception {
        Random random = Logs.random("nothingAcknowledgedIsLostByTwoHundredKills");
        rounds(random, 120, false);
        rounds(random, 80, true);
    }

    private void rounds(Random random, int rounds, boolean atFailPoints) throws Exception {
        Path directory = temp.resolve("wal");
        long acked = 0;
        for (int round = 0; round < rounds; round++) {
            Point point = Point.values()[round % Point.values().length];
            int passes = switch (point) {
                case CREATING_EXTENT, DURING_ROLL, BEFORE_COMMIT_FRAME, PURGE_MARKED, PURGE_RENAMED ->
                    random.nextInt(3);
                default -> random.nextInt(60);
            };
            Process child = LockTest.child(Victim.class, directory.toString(),
                    Long.toString(random.nextLong()),
                    atFailPoints ? point.name() : "-", Integer.toString(passes), implementation(random));
            acked = Math.max(acked,
                    follow(child, atFailPoints ? 60_000 : random.nextInt(KILL_AFTER_MILLIS_MAX)));
            check(directory, acked);
        }
    }

    /** They read each other's extents, so one log is written by both in turn. */
    static String implementation(Random random) {
        return WalImplementation.values()[random.nextInt(2)].name();
    }

    /** Reads what the child acknowledges until it is dead; returns the last seqId acknowledged. */
    static long follow(Process child, int killAfterMillis) throws Exception {
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = child.inputReader()) {
            String first = reader.readLine();
            if (first != null) {
                lines.add(first);
                // By its handle: that leaves the pipe open, and what was acknowledged can still be read from it.
                CompletableFuture.delayedExecutor(killAfterMillis, TimeUnit.MILLISECONDS)
                        .execute(() -> child.toHandle().destroyForcibly());
            }
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        }
        assertThat(child.waitFor()).isIn(9, 137);
        long acked = 0;
        for (String line : lines) {
            acked = Math.max(acked, Long.parseLong(line.substring(line.indexOf(' ') + 1).strip()));
        }
        return acked;
    }

    /** Opens and reads all; returns the last seqId. */
    static long check(Path directory, long acked) {
        try (Wal wal = Wal.open(directory, Logs.small())) {
            assertThat(wal.lastSeqId()).isGreaterThanOrEqualTo(acked);
            long first = wal.stats().firstSeqId();
            // Each purge kept the newest 2,000.
            assertThat(first).isLessThanOrEqualTo(Math.max(1, wal.lastSeqId() - KEPT + 1));
            long next = first;
            try (WalReader reader = wal.reader()) {
                for (WalEntry entry = reader.next(); entry != null; entry = reader.next()) {
                    assertThat(entry.minSeqId()).isEqualTo(next);
                    next = entry.maxSeqId() + 1;
                    assertThat(entry.payload())
                            .isEqualTo(Logs.payload(entry.minSeqId(), entry.payload().remaining()));
                }
            }
            assertThat(next).isEqualTo(wal.lastSeqId() + 1);
            return wal.lastSeqId();
        }
    }
}
