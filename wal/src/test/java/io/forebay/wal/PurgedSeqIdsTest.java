package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said to be left of a collection can be read, whatever was purged. */
class PurgedSeqIdsTest {
    @TempDir
    Path temp;

    private Wal open() {
        return ExtentWal.open(temp.resolve("wal"), Logs.small(), FailPoints.NONE);
    }

    @Test
    void nothingIsPurgedInAFreshLogAndAfterRestartsThatWroteNothing() {
        for (int life = 0; life < 4; life++) {
            try (Wal wal = open()) {
                assertThat(wal.purgedThrough(1)).isZero();
            }
        }
        try (Wal wal = open()) {
            Logs.append(wal, 3, 100);
        }
        for (int life = 0; life < 4; life++) {
            try (Wal wal = open()) {
                assertThat(wal.purgedThrough(1)).as("life " + life).isZero();
            }
        }
        try (Wal wal = open()) {
            Logs.append(wal, 3, 100);
        }
        try (Wal wal = open()) {
            assertThat(wal.purgedThrough(1)).as("no seqId is missing where the empty extents were").isZero();
        }
    }

    @Test
    void ofThisProcessItIsExactPerCollection() {
        try (Wal wal = open()) {
            long quiet = wal.append(Logs.header(2, 5), Logs.payload(-1, 100)).maxSeqId();
            Logs.append(wal, 60, 300_000);
            wal.purge(collection -> Long.MAX_VALUE);
            List<WalEntry> kept = Logs.readAll(wal);
            assertThat(wal.purgedThrough(2)).isEqualTo(quiet);
            assertThat(wal.purgedThrough(1)).isEqualTo(kept.getFirst().minSeqId() - 1);
            assertThat(wal.purgedThrough(3)).isZero();
        }
    }

    @Test
    void aHoleBetweenKeptExtentsCountsForAllAfterARestart() {
        long end;
        try (Wal wal = open()) {
            wal.append(Logs.header(2, 1), Logs.payload(-1, 100));
            Logs.append(wal, 60, 300_000);
            assertThat(wal.purge(collection -> collection == 2 ? 0 : Long.MAX_VALUE)).isPositive();
            assertThat(wal.purgedThrough(2)).as("its entry is kept").isZero();
            end = endOfHole(Logs.readAll(wal));
            assertThat(wal.purgedThrough(1)).isEqualTo(end);
        }
        try (Wal wal = open()) {
            assertThat(wal.purgedThrough(2)).isEqualTo(end);
            assertThat(wal.purgedThrough(1)).isEqualTo(end);
        }
    }

    /** The last seqId that is missing. */
    private static long endOfHole(List<WalEntry> all) {
        int at = 1;
        while (all.get(at).minSeqId() == all.get(at - 1).maxSeqId() + 1) {
            at++;
        }
        return all.get(at).minSeqId() - 1;
    }

    @Test
    void aJumpIsNoHole() {
        try (Wal wal = open()) {
            Logs.append(wal, 2, 100);
            wal.reserveThrough(1_000);
            Logs.append(wal, 2, 100);
        }
        try (Wal wal = open()) {
            assertThat(wal.purgedThrough(1)).isZero();
            Logs.append(wal, 40, 300_000);
            wal.reserveThrough(5_000);
            Logs.append(wal, 2, 100);
            assertThat(wal.purgedThrough(1)).isZero();
        }
        try (Wal wal = open()) {
            assertThat(wal.purgedThrough(1)).isZero();
        }
    }

    @Test
    void whatIsSaidToBeLeftCanBeReadWholeAfterRandomPurgesAndRestarts() {
        Random random = Logs.random("PurgedSeqIdsTest");
        // Every entry that was appended: collection by first seqId.
        Map<Long, Integer> written = new HashMap<>();
        long[] covered = {0, 0, 0, 0};
        for (int life = 0; life < 6; life++) {
            try (Wal wal = open()) {
                for (int i = 0; i < 40; i++) {
                    int collection = 1 + random.nextInt(3);
                    // Some are of several frames and lie in two extents.
                    int length = random.nextInt(12) == 0 ? 9_000_000 : random.nextInt(600_000) + 1;
                    ByteBuffer payload = Logs.payload(i, length);
                    Appended at = wal.append(Logs.header(collection, 1 + random.nextInt(5)), payload);
                    written.put(at.minSeqId(), collection);
                    if (random.nextInt(10) == 0) {
                        int one = 1 + random.nextInt(3);
                        covered[one] = wal.lastSeqId() - random.nextInt(20);
                        wal.purge(number -> covered[number]);
                    }
                }
                checkLeft(wal, written);
            }
            try (Wal wal = open()) {
                checkLeft(wal, written);
            }
        }
        assertThat(covered[1] + covered[2] + covered[3]).isPositive();
    }

    private static void checkLeft(Wal wal, Map<Long, Integer> written) {
        Map<Long, Integer> left = new HashMap<>();
        Logs.readAll(wal).forEach(entry -> left.put(entry.minSeqId(), entry.header().collection()));
        written.forEach((seqId, collection) -> {
            if (seqId > wal.purgedThrough(collection)) {
                assertThat(left)
                        .as("collection " + collection + " from " + wal.purgedThrough(collection) + " on")
                        .containsEntry(seqId, collection);
            }
        });
    }
}
