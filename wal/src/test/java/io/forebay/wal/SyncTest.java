package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.wal.FailPoints.Point;
import io.forebay.wal.WalException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** An acknowledgement means that a sync said so. */
@ParameterizedClass
@EnumSource
class SyncTest {
    @Parameter
    LogKind kind;

    @TempDir
    Path temp;
    private final Faults faults = new Faults();

    private Wal open() {
        // A long idle time: no barrier and no sync but those asked for.
        return kind.open(temp.resolve("wal"), Logs.small().withIdleMillis(1_000_000), faults);
    }

    @Test
    void ackIsWithheldUntilTheSyncCoversIt() throws Exception {
        try (Wal wal = open()) {
            Faults.Gate gate = faults.block(Point.BEFORE_SYNC);
            wal.append(Logs.one(), Logs.payload(1, 100));
            CompletableFuture<Void> first = wal.durable(1);
            gate.awaitReached();
            // This one comes while a sync is under way: that sync does not cover it.
            Faults.Gate second = faults.block(Point.BEFORE_SYNC);
            wal.append(Logs.one(), Logs.payload(2, 100));
            CompletableFuture<Void> late = wal.durable(2);
            assertThat(first).isNotDone();
            assertThat(wal.durableSeqId()).isZero();
            gate.open();
            first.get(120, TimeUnit.SECONDS);
            second.awaitReached();
            assertThat(wal.durableSeqId()).isEqualTo(1);
            assertThat(late).isNotDone();
            second.open();
            late.get(120, TimeUnit.SECONDS);
            assertThat(wal.durableSeqId()).isEqualTo(2);
        }
    }

    @Test
    void oneSyncServesAllWhoCameMeanwhile() throws Exception {
        try (Wal wal = open()) {
            Faults.Gate gate = faults.block(Point.BEFORE_SYNC);
            wal.append(Logs.one(), Logs.payload(1, 100));
            CompletableFuture<Void> first = wal.durable(1);
            gate.awaitReached();
            AtomicInteger syncs = new AtomicInteger();
            faults.set(Point.BEFORE_SYNC, syncs::incrementAndGet);
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 2; i <= 50; i++) {
                wal.append(Logs.one(), Logs.payload(i, 100));
                all.add(wal.durable(i));
            }
            gate.open();
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
            first.get(120, TimeUnit.SECONDS);
            assertThat(syncs).hasValue(1);
        }
    }

    @Test
    void aFailedSyncIsFinal() throws Exception {
        Wal wal = open();
        wal.append(Logs.one(), Logs.payload(1, 100));
        wal.durable(1).get(120, TimeUnit.SECONDS);
        faults.fail(Point.BEFORE_SYNC);
        wal.append(Logs.one(), Logs.payload(2, 100));
        assertFails(wal.durable(2));
        // The disk is well again, the log does not believe it.
        AtomicInteger syncs = new AtomicInteger();
        faults.set(Point.BEFORE_SYNC, syncs::incrementAndGet);
        assertFails(wal.durable(2));
        assertThat(wal.failure().reason()).isEqualTo(Reason.SYNC_FAILED);
        assertThatThrownBy(() -> wal.append(Logs.one(), Logs.payload(3, 100)))
                .isInstanceOf(WalException.class)
                .hasMessageContaining("sync of the log failed").hasMessageContaining("injected");
        assertThat(wal.durable(1)).isCompleted();
        assertThat(wal.durableSeqId()).isEqualTo(1);
        assertThat(Logs.readAll(wal)).hasSize(2);
        wal.close();
        assertThat(syncs).hasValue(0);
        faults.clear(Point.BEFORE_SYNC);
        try (Wal again = open()) {
            assertThat(again.failure()).isNull();
            assertThat(again.lastSeqId()).isEqualTo(2);
            Logs.append(again, 1, 10);
        }
    }

    private static void assertFails(CompletableFuture<Void> future) {
        assertThatThrownBy(() -> future.get(120, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOf(WalException.class)
                .extracting(e -> ((WalException) e).reason()).isEqualTo(Reason.SYNC_FAILED);
    }

    @Test
    void aFailedSyncBehindSeveralFullExtentsIsFinalToo() throws Exception {
        try (Wal wal = open()) {
            CompletableFuture<Void> reached = new CompletableFuture<>();
            CompletableFuture<Void> open = new CompletableFuture<>();
            faults.set(Point.BEFORE_SYNC, () -> {
                reached.complete(null);
                open.join();
                throw new IOException("injected");
            });
            Logs.append(wal, 100, 200_000); // a roll waits for no sync
            assertThat(wal.stats().rolls()).isGreaterThan(3);
            reached.get(); // the log's own, behind the first extent
            open.complete(null);
            assertFails(wal.durable(100));
            assertThatThrownBy(() -> Logs.append(wal, 1, 100)).isInstanceOf(WalException.class)
                    .extracting(e -> ((WalException) e).reason()).isEqualTo(Reason.SYNC_FAILED);
            assertThat(wal.durableSeqId()).isZero();
        }
    }

    @Test
    void whoAsksAClosedLogForWhatWasNeverSyncedIsRefused() throws Exception {
        Wal wal = open();
        faults.fail(Point.BEFORE_SYNC);
        wal.append(Logs.one(), Logs.payload(1, 100));
        assertFails(wal.durable(1));
        wal.close();
        assertFails(wal.durable(1));
    }

    @Test
    void aFailedWriteIsFinalAndNotSeen() {
        try (Wal wal = open()) {
            Logs.append(wal, 3, 100);
            faults.fail(Point.INSIDE_FRAME);
            assertThatThrownBy(() -> wal.append(Logs.one(), Logs.payload(4, 100)))
                    .isInstanceOf(WalException.class)
                    .extracting(e -> ((WalException) e).reason()).isEqualTo(Reason.IO);
            faults.clear(Point.INSIDE_FRAME);
            assertThatThrownBy(() -> wal.append(Logs.one(), Logs.payload(4, 100)))
                    .isInstanceOf(WalException.class);
            assertThat(Logs.readAll(wal)).hasSize(3);
        }
        try (Wal wal = open()) {
            assertThat(wal.lastSeqId()).isEqualTo(3);
        }
    }

    @Test
    void whenTrafficStopsABarrierFollows() {
        try (Wal wal = kind.open(temp.resolve("wal"), Logs.small().withIdleMillis(20), faults)) {
            Logs.append(wal, 1, 100);
            // The idle log syncs by itself, so that the barrier can witness it.
            Awaitility.await().until(() -> wal.durableSeqId() == 1);
            Awaitility.await().until(() -> wal.stats().syncs() == 2);
            Logs.append(wal, 1, 100);
            Awaitility.await().until(() -> wal.stats().syncs() == 4);
            assertThat(Logs.readAll(wal)).hasSize(2);
        }
    }

    @Test
    void whatDependsOnAnAckMayAppendAgain() throws Exception {
        try (Wal wal = open()) {
            List<CompletableFuture<Void>> chains = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                chains.add(appendChain(wal, 30)); // together through many extents
            }
            CompletableFuture.allOf(chains.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            assertThat(wal.lastSeqId()).isEqualTo(8 * 30);
            assertThat(wal.stats().rolls()).isGreaterThan(5);
        }
    }

    private static CompletableFuture<Void> appendChain(Wal wal, int left) {
        Appended appended = wal.append(Logs.one(), Logs.payload(left, 200_000));
        CompletableFuture<Void> durable = wal.durable(appended.maxSeqId());
        return left == 1 ? durable : durable.thenCompose(done -> appendChain(wal, left - 1));
    }

    @Test
    void closeMakesEverythingDurable() throws Exception {
        Wal wal = open();
        Logs.append(wal, 10, 100);
        wal.close();
        assertThat(wal.durableSeqId()).isEqualTo(10);
    }
}
