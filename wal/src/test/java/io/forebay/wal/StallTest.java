package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stops a process, a clock or a pid does not stop the log: Chronicle alone is confused by each of the three. */
class StallTest {
    private static final int ACKS_AFTER = 200;

    @TempDir
    Path temp;

    @Test
    void aStoppedProcessGoesOnWhereItWas() throws Exception {
        stopAndContinue(Logs.random("aStoppedProcessGoesOnWhereItWas"), 1);
    }

    @Test
    @Tag("long")
    void aProcessStoppedForTwentySecondsGoesOnWhereItWas() throws Exception {
        stopAndContinue(Logs.random("aProcessStoppedForTwentySecondsGoesOnWhereItWas"), 20);
    }

    private void stopAndContinue(Random random, int seconds) throws Exception {
        for (WalImplementation implementation : WalImplementation.values()) {
            Path directory = temp.resolve(implementation.name());
            Process child = LockTest.child(CrashTest.Victim.class, directory.toString(),
                    Long.toString(random.nextLong()), "-", "0", implementation.name());
            try (BufferedReader acks = child.inputReader()) {
                read(acks, 20 + random.nextInt(200));
                String pid = Long.toString(child.pid());
                assertThat(DiskFullTest.run("kill", "-STOP", pid)).isEmpty();
                // The time it stands still is what is tested.
                assertThat(new CountDownLatch(1).await(seconds, TimeUnit.SECONDS)).isFalse();
                assertThat(DiskFullTest.run("kill", "-CONT", pid)).isEmpty();
                long acked = read(acks, 20 + ACKS_AFTER);
                child.toHandle().destroyForcibly();
                child.waitFor();
                assertThat(CrashTest.check(directory, acked)).isGreaterThanOrEqualTo(acked);
            }
        }
    }

    private static long read(BufferedReader acks, int lines) throws Exception {
        long acked = 0;
        for (int i = 0; i < lines; i++) {
            String line = acks.readLine();
            assertThat(line).as("the child goes on").isNotNull();
            acked = Long.parseLong(line.substring(line.indexOf(' ') + 1).strip());
        }
        return acked;
    }

    @Test
    void aClockSetBackChangesNothing() throws Exception {
        for (WalImplementation implementation : WalImplementation.values()) {
            Path directory = temp.resolve(implementation.name());
            Faults faults = new Faults();
            WalConfig config = Logs.small().withImplementation(implementation);
            try (Wal wal = ExtentWal.open(directory, config, faults)) {
                for (long shift : new long[]{-3_000, -200_000, 86_400_000, -86_400_000L * 400, 200_000}) {
                    Logs.append(wal, 15, 100_000);
                    faults.shiftClock(shift);
                    wal.durable(wal.lastSeqId()).get(120, TimeUnit.SECONDS);
                }
                Logs.append(wal, 15, 100_000);
                checkAll(wal, 90);
            }
            try (Wal wal = ExtentWal.open(directory, config, faults)) {
                checkAll(wal, 90);
            }
        }
    }

    private static void checkAll(Wal wal, int entries) {
        List<WalEntry> all = Logs.readAll(wal);
        assertThat(all).hasSize(entries);
        for (int i = 0; i < entries; i++) {
            assertThat(all.get(i).minSeqId()).isEqualTo(i + 1);
            assertThat(all.get(i).payload()).isEqualTo(Logs.payload(i + 1, 100_000));
        }
    }

    /** In a container each start has pid 1; Chronicle's own lock then waits for the dead one for ever. */
    @Test
    void aProcessKilledInAnAppendIsFollowedAtOnceByOneWithTheSamePid() throws Exception {
        String[] prefix = {"unshare", "-pf", "--mount-proc"};
        String answer = DiskFullTest.run("unshare", "-pf", "--mount-proc", "true");
        if (!answer.isEmpty()) {
            System.out.println("StallTest: no pid namespaces here: " + answer);
        }
        Assumptions.assumeTrue(answer.isEmpty(), answer);
        Path directory = temp.resolve("wal");
        Random random = Logs.random("aProcessKilledInAnAppendIsFollowedAtOnceByOneWithTheSamePid");
        long acked = 0;
        for (int life = 0; life < 3; life++) {
            Process child = LockTest.child(List.of(prefix), CrashTest.Victim.class, directory.toString(),
                    Long.toString(random.nextLong()), FailPoints.Point.INSIDE_FRAME.name(), "30",
                    WalImplementation.CHRONICLE.name());
            acked = Math.max(acked, CrashTest.follow(child, 60_000));
        }
        assertThat(acked).isPositive();
        assertThat(CrashTest.check(directory, acked)).isGreaterThanOrEqualTo(acked);
    }
}
