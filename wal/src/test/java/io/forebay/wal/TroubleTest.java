package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.wal.FailPoints.Point;
import io.forebay.wal.WalException.Reason;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Errors, interrupts and closes at bad moments: nobody hangs, and nothing is half done. */
@ParameterizedClass
@EnumSource(names = {"CHRONICLE", "FILE"})
class TroubleTest {
    @Parameter
    LogKind kind;
    @TempDir
    Path temp;
    private final Faults faults = new Faults();

    private Wal open() {
        return kind.open(temp.resolve("wal"), Logs.small().withIdleMillis(1_000_000), faults);
    }

    @Test
    void anErrorWhileMakingAnExtentIsToldAndTheNextAppendTriesAgain() {
        faults.set(Point.CREATING_EXTENT, () -> {
            throw new OutOfMemoryError("injected");
        });
        try (Wal wal = open()) {
            assertThatThrownBy(() -> Logs.append(wal, 1, 100)).isInstanceOf(WalException.class)
                    .hasMessageContaining("injected");
            assertThat(wal.failure()).isNull();
            faults.clear(Point.CREATING_EXTENT);
            // What was tried ahead may be told once more.
            try {
                Logs.append(wal, 1, 100);
            } catch (WalException again) {
                assertThat(again).hasMessageContaining("injected");
                Logs.append(wal, 1, 100);
            }
            assertThat(Logs.readAll(wal)).hasSize(1);
        }
    }

    @Test
    void aThreadInterruptedWhileItWaitsForAnExtentAppendsAllTheSame() throws Exception {
        Faults.Gate gate = faults.block(Point.CREATING_EXTENT);
        try (Wal wal = open()) {
            AtomicBoolean kept = new AtomicBoolean();
            Thread appender = Thread.ofPlatform().start(() -> {
                Logs.append(wal, 1, 100_000);
                kept.set(Thread.interrupted());
            });
            gate.awaitReached();
            appender.interrupt();
            gate.open();
            appender.join(TimeUnit.SECONDS.toMillis(20));
            assertThat(kept).isTrue();
            assertThat(wal.failure()).isNull();
            assertThat(Logs.readAll(wal)).hasSize(1);
        }
    }

    @Test
    void anErrorBehindAWrittenFrameIsFinal() {
        Wal wal = open();
        Logs.append(wal, 3, 100);
        faults.set(Point.AFTER_APPEND, () -> {
            throw new StackOverflowError("injected");
        });
        assertThatThrownBy(() -> Logs.append(wal, 1, 100)).isInstanceOf(WalException.class);
        faults.clear(Point.AFTER_APPEND);
        // Else the next one would have the same seqId again.
        assertThatThrownBy(() -> Logs.append(wal, 1, 100)).isInstanceOf(WalException.class);
        assertThat(wal.failure()).isNotNull();
        assertThat(Logs.readAll(wal)).hasSize(3);
        wal.close();
        try (Wal again = open()) {
            // Whole in the file and never acknowledged: it may come back.
            assertThat(again.lastSeqId()).isEqualTo(4);
        }
    }

    @Test
    void aPurgeThatFailedIsFinishedByTheNextStartAndNoOtherGoesOn() {
        try (Wal wal = open()) {
            wal.append(Logs.header(2, 1), Logs.payload(-1, 1000));
            Logs.append(wal, 60, 300_000);
            faults.fail(Point.PURGE_MARKED);
            assertThatThrownBy(() -> wal.purge(collection -> collection == 2 ? 0 : Long.MAX_VALUE))
                    .isInstanceOf(WalException.class);
            faults.clear(Point.PURGE_MARKED);
            assertThat(wal.purge(collection -> Long.MAX_VALUE)).isZero();
            Logs.append(wal, 1, 100);
        }
        try (Wal wal = open()) {
            assertThat(wal.lastSeqId()).isEqualTo(62);
            assertThat(wal.purge(collection -> Long.MAX_VALUE)).isPositive();
        }
    }

    @Test
    void aCloseWaitsForAPurgeAndThenNobodyPurges() throws Exception {
        Wal wal = open();
        Logs.append(wal, 60, 300_000);
        Faults.Gate gate = faults.block(Point.PURGE_MARKED);
        CompletableFuture<Integer> purge = CompletableFuture
                .supplyAsync(() -> wal.purge(collection -> Long.MAX_VALUE));
        gate.awaitReached();
        CompletableFuture<Void> close = CompletableFuture.runAsync(wal::close);
        assertThatThrownBy(() -> LogLock.take(temp.resolve("wal"))).isInstanceOfSatisfying(WalException.class,
                locked -> assertThat(locked.reason()).isEqualTo(Reason.LOCKED));
        assertThat(close).isNotDone();
        gate.open();
        assertThat(purge.get(120, TimeUnit.SECONDS)).isPositive();
        close.get(120, TimeUnit.SECONDS);
        assertThat(wal.purge(collection -> Long.MAX_VALUE)).isZero();
        try (Wal again = open()) {
            assertThat(again.lastSeqId()).isEqualTo(60);
        }
    }

    @Test
    void aClosedLogHasAWitnessForItsLastEntry() {
        for (int i = 0; i < 20; i++) {
            try (Wal wal = kind.open(temp.resolve("wal"), Logs.small().withIdleMillis(1), faults)) {
                Logs.append(wal, 1, 100);
            }
            try (Wal wal = open()) {
                assertThat(wal.recovery().witnessedSeqId()).isEqualTo(i + 1);
            }
        }
    }
}
