package io.forebay.bench.wal;

import io.forebay.bench.load.Workspace;
import io.forebay.bench.wal.Batches.Shape;
import io.forebay.wal.RecoveryReport;
import io.forebay.wal.Wal;
import io.forebay.wal.WalEntry;
import io.forebay.wal.WalReader;
import java.nio.file.Path;

/**
 * What was written, read again: by a {@link WalReader} right behind the writer, as an indexer does it, and by recovery when
 * the log is opened again. The page cache holds all of it; every checksum is verified by the log itself.
 */
final class ReadPart {
    private static final double READ_WANTED = 5;
    private static final double RECOVERY_WANTED = 1;
    private static final Shape SHAPE = Shape.D128;

    private final WalBench bench;
    private final boolean reads;
    private final boolean recovers;

    ReadPart(WalBench bench) {
        this.bench = bench;
        this.reads = bench.settings().parts().contains(Part.READ);
        this.recovers = bench.settings().parts().contains(Part.RECOVERY);
    }

    void measure(WalFigures figures) throws Exception {
        for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
            for (LogKind kind : bench.settings().logs()) {
                measure(round, kind);
            }
        }
        for (LogKind kind : bench.settings().logs()) {
            if (reads) {
                figures.value("read", kind, "first read behind the writer, checksums verified", "GB/s",
                        READ_WANTED, WalRun::gigabytesPerSecond);
                figures.value("read_again", kind, "", "a second reader of the same extents", "GB/s",
                        WalRun::gigabytesPerSecond);
            }
            if (recovers) {
                figures.value("recovery", kind, "payload / time that recovery says it took", "GB/s",
                        RECOVERY_WANTED, WalRun::gigabytesPerSecond);
            }
        }
    }

    private void measure(int round, LogKind kind) throws Exception {
        Path directory = bench.workspace().newDirectory(kind + "-read");
        int count = SHAPE.countIn(bench.settings().readBytes());
        long extentBytes = bench.settings().extentBytes();
        try (Wal wal = Wal.open(directory, kind.config(extentBytes))) {
            Batches batches = bench.batches(SHAPE);
            for (int number = 0; number < count; number++) {
                wal.append(batches.header(), batches.payload(number));
            }
            wal.durable(wal.lastSeqId()).join();
            if (reads) {
                bench.add(run(round, "read", kind, count, read(wal, count)));
                bench.add(run(round, "read_again", kind, count, read(wal, count)));
            }
        }
        if (recovers) {
            bench.add(run(round, "recovery", kind, count, recover(directory, kind, count)));
        }
        Workspace.delete(directory);
    }

    private static long read(Wal wal, int count) {
        long bytes = 0;
        int entries = 0;
        long begin = System.nanoTime();
        try (WalReader reader = wal.reader()) {
            for (WalEntry entry = reader.next(); entry != null; entry = reader.next()) {
                bytes += entry.payload().remaining();
                entries++;
            }
        }
        long nanos = System.nanoTime() - begin;
        if (entries != count || bytes != (long) count * SHAPE.bytes) {
            throw new IllegalStateException(count + " batches were written, " + entries + " with " + bytes
                    + " bytes were read");
        }
        return nanos;
    }

    private long recover(Path directory, LogKind kind, int count) {
        try (Wal wal = Wal.open(directory, kind.config(bench.settings().extentBytes()))) {
            RecoveryReport report = wal.recovery();
            if (report.entries() != count) {
                throw new IllegalStateException(
                        count + " batches were written, " + report.entries() + " were recovered");
            }
            return report.nanos();
        }
    }

    private static WalRun run(int round, String name, LogKind kind, int count, long nanos) {
        return WalRun.of(round, name, kind.toString(), count, (long) count * SHAPE.bytes, nanos);
    }
}
