package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * A few lives of one log on one simulated disk, with an oracle of what was appended and what was acknowledged. Each life
 * appends, syncs, purges, reads, meets a full disk or a failing sync, and ends by a close, a kill or a power cut.
 */
final class SimulatedLives {
    private static final Path DIRECTORY = Path.of("/simulated/wal");
    /** Small, so that a life goes through many. */
    private static final int EXTENT_BYTES = 256 << 10;
    private static final int FRAME_BYTES_MAX = 24 << 10;
    private static final WalConfig CONFIG = WalConfig.defaults().withImplementation(WalImplementation.FILE)
            .withExtentBytes(EXTENT_BYTES).withFrameBytesMax(FRAME_BYTES_MAX).withReserve(0, 0)
            .withIdleMillis(1_000_000);

    /** What happened in all lives. */
    static final class Totals {
        long lives;
        long powerCuts;
        long entries;
        long torn;
        long abandonedEntries;

        @Override
        public String toString() {
            return lives + " lives, " + powerCuts + " power cuts, " + entries + " entries, " + torn
                    + " torn tails, "
                    + abandonedEntries + " entries that were never acked lost";
        }
    }

    /** As appended; its payload can be told from minSeqId and length. */
    private record Known(long minSeqId, long maxSeqId, int collection, int length) {}

    private final Random random;
    private final SimulatedDisk disk;
    private final Totals totals;
    /** In the log for all we know, from the oldest that may still be there. */
    private final List<Known> known = new ArrayList<>();
    private final List<CompletableFuture<Void>> asked = new ArrayList<>();
    private final List<Long> askedSeqIds = new ArrayList<>();
    private long ackedSeqId;
    private long purgedThrough;
    private boolean killed;

    SimulatedLives(long seed, Totals totals) {
        this.random = new Random(seed);
        this.totals = totals;
        this.disk = new SimulatedDisk(new Random(random.nextLong()));
        disk.makeRoot(DIRECTORY);
    }

    void run() throws IOException {
        int lives = 2 + random.nextInt(5);
        for (int life = 0; life < lives; life++) {
            totals.lives++;
            ExtentWal wal = ExtentWal.openOn(disk, DIRECTORY, CONFIG, FailPoints.NONE);
            check(wal);
            live(wal);
            end(wal);
        }
    }

    private void live(ExtentWal wal) {
        int steps = random.nextInt(60);
        for (int step = 0; step < steps && wal.failure() == null; step++) {
            switch (random.nextInt(22)) {
                case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> append(wal, random.nextInt(6000));
                case 10, 11 -> append(wal, random.nextInt(FRAME_BYTES_MAX));
                case 12 -> append(wal, FRAME_BYTES_MAX + random.nextInt(3 * EXTENT_BYTES / 2));
                case 13, 14, 15 -> ask(wal);
                case 16, 17 -> turn(wal);
                case 18 -> wal.syncThread().bar();
                case 19 -> purge(wal);
                case 20 -> disturb();
                default -> reserve(wal);
            }
        }
    }

    private void append(ExtentWal wal, int length) {
        EntryHeader header = Logs.header(1 + random.nextInt(3), 1 + random.nextInt(4));
        long min = wal.lastSeqId() + 1;
        try {
            Appended appended = wal.append(header, Logs.payload(min, length));
            assertThat(appended.minSeqId()).isEqualTo(min);
            known.add(new Known(min, appended.maxSeqId(), header.collection(), length));
            totals.entries++;
        } catch (WalException refused) {
            assertThat(refused.reason()).isIn(WalException.Reason.DISK_FULL, WalException.Reason.IO);
        }
    }

    private void ask(ExtentWal wal) {
        asked.add(wal.durable(wal.lastSeqId()));
        askedSeqIds.add(lastKnown());
    }

    /** The last entry's; what is only reserved may be forgotten. */
    private long lastKnown() {
        return known.isEmpty() ? 0 : known.getLast().maxSeqId();
    }

    private void turn(ExtentWal wal) {
        wal.syncThread().turn();
        takeAcks();
    }

    private void takeAcks() {
        for (int i = 0; i < asked.size(); i++) {
            if (asked.get(i).isDone() && !asked.get(i).isCompletedExceptionally()) {
                ackedSeqId = Math.max(ackedSeqId, askedSeqIds.get(i));
            }
        }
    }

    private void purge(ExtentWal wal) {
        long upTo = wal.durableSeqId() - random.nextInt(40);
        int lagging = random.nextInt(5);
        try {
            wal.purge(collection -> collection == lagging ? Math.min(upTo, purgedThrough) : upTo);
            purgedThrough = Math.max(purgedThrough, upTo);
        } catch (WalException failed) {
            assertThat(wal.failure() != null || failed.reason() == WalException.Reason.IO).isTrue();
            purgedThrough = Math.max(purgedThrough, upTo);
        }
    }

    private void disturb() {
        switch (random.nextInt(6)) {
            case 0 -> disk.failSyncs(true);
            case 1, 2 -> disk.capacity((long) random.nextInt(12) * EXTENT_BYTES);
            default -> disk.capacity(Long.MAX_VALUE / 2);
        }
    }

    private void reserve(ExtentWal wal) {
        if (random.nextInt(4) == 0) {
            try {
                wal.reserveThrough(wal.lastSeqId() + random.nextInt(30));
            } catch (WalException failed) {
                assertThat(wal.failure()).isNotNull();
            }
        }
    }

    private void end(ExtentWal wal) {
        killed = false;
        switch (random.nextInt(5)) {
            case 0 -> {
                wal.close();
                killed = true; // all is in the page cache at least
                if (wal.failure() == null) {
                    ackedSeqId = Math.max(ackedSeqId, lastKnown());
                    if (random.nextBoolean()) {
                        cutPower();
                    }
                }
            }
            case 1 -> killed = true;
            default -> cutPower();
        }
        takeAcks();
        asked.clear();
        askedSeqIds.clear();
        disk.capacity(Long.MAX_VALUE / 2);
        disk.failSyncs(false);
    }

    private void cutPower() {
        takeAcks();
        disk.cutPower();
        totals.powerCuts++;
    }

    /** Everything acked is there, and beside it only a prefix of what was appended behind it. */
    private void check(ExtentWal wal) {
        List<WalEntry> found = Logs.readAll(wal);
        long last = wal.lastSeqId();
        if (wal.recovery().tornBytes() > 0) {
            totals.torn++;
        }
        assertThat(last).as("last seqId after recovery").isGreaterThanOrEqualTo(ackedSeqId);
        if (killed && !known.isEmpty()) {
            assertThat(last).as("a kill loses nothing").isGreaterThanOrEqualTo(known.getLast().maxSeqId());
        }
        totals.abandonedEntries += known.stream().filter(entry -> entry.minSeqId() > last).count();
        known.removeIf(entry -> entry.minSeqId() > last);
        int at = 0;
        for (Known expected : known) {
            if (at < found.size() && found.get(at).minSeqId() == expected.minSeqId()) {
                assertSame(found.get(at++), expected);
            } else {
                assertThat(expected.maxSeqId()).as("an entry that is missing was purged")
                        .isLessThanOrEqualTo(purgedThrough);
            }
        }
        assertThat(at).as("no entry that was never appended").isEqualTo(found.size());
        // What was found counts as durable from now on.
        ackedSeqId = Math.max(ackedSeqId, lastKnown());
        assertThat(wal.durableSeqId()).isEqualTo(last);
    }

    private static void assertSame(WalEntry entry, Known expected) {
        assertThat(entry.maxSeqId()).isEqualTo(expected.maxSeqId());
        assertThat(entry.header().collection()).isEqualTo(expected.collection());
        if (!entry.payload().equals(Logs.payload(expected.minSeqId(), expected.length()))) {
            throw new AssertionError("the payload of " + expected + " is not as appended");
        }
    }
}
