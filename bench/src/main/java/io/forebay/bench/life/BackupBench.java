package io.forebay.bench.life;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Payload;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.engine.Position;
import io.forebay.engine.WriteOptions;
import io.forebay.engine.backup.BackupState;
import io.forebay.engine.backup.BackupState.Phase;
import io.forebay.engine.backup.Backups;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Durability;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One store, loaded and at rest. In each round, in turns: a plain copy of the files of a backup, synced, to a new directory
 * on the same disk; a backup into a new repository, where every file is copied; a steady writer alone; the same
 * writer for as long as another such backup takes. An ack counts from the moment at which its write was due.
 */
public final class BackupBench {
    private static final int BATCH = 1_000;
    private static final double BYTES_PER_RECORD = 4_600;
    private static final double SPEED_MIN = 0.5;
    private static final double ACK_RATIO_MAX = 2;
    private static final double QUIET_SECONDS_MIN = 3;
    private static final int ACKS_MAX = 1 << 20;
    private static final int LOADING_MAX = 8;

    private final BackupSettings settings;
    private final BenchData data;
    private final Workspace workspace;
    private final Consumer<String> say;
    private final List<BackupRun> runs = new ArrayList<>();
    private int directories;

    public BackupBench(BackupSettings settings, BenchData data, Workspace workspace, Consumer<String> say) {
        this.settings = settings;
        this.data = data;
        this.workspace = workspace;
        this.say = say;
    }

    public void measure(BenchResult result) throws Exception {
        result.parameter("settings", settings);
        Path place = workspace.newDirectory("backup");
        try (Forebay store = Forebay.open(place.resolve("store"),
                ForebayOptions.defaults().withDurability(Durability.SYNC))) {
            UUID id = store.getOrCreateCollection("bench", CollectionConfig.of(data.dataset().space())).id();
            long records = Math.max(1_000, Math.round(settings.megabytes() * 1e6 / BYTES_PER_RECORD));
            load(store, id, records);
            BatchSource more = new BatchSource(data, Payload.RECORDS, settings.batch(), Long.MAX_VALUE)
                    .startingAt(records);
            Path before = place.resolve("first");
            say.accept("loaded; first backup: " + backup(store, before).bytes() + " bytes");
            for (int round = 1; round <= settings.rounds(); round++) {
                before = round(store, id, more, round, place, before);
            }
        } finally {
            Workspace.delete(place);
        }
        runs.forEach(result::run);
        addFigures(result);
    }

    private void load(Forebay store, UUID id, long records) {
        BatchSource source = new BatchSource(data, Payload.RECORDS, BATCH, records);
        List<CompletableFuture<?>> loading = new ArrayList<>();
        for (RecordBatch next = source.next(); next != null; next = source.next()) {
            loading.add(store.write(id, next, new WriteOptions(Durability.OS)));
            if (loading.size() >= LOADING_MAX) {
                loading.removeFirst().join();
            }
        }
        loading.forEach(CompletableFuture::join);
        store.flush(id, Position.LINKED).join();
    }

    /** Returns the repository of its last backup, whose files the next round copies. */
    private Path round(Forebay store, UUID id, BatchSource more, int round, Path place, Path before)
            throws IOException {
        Path copy = place.resolve("copy-" + round);
        long copyStart = System.nanoTime();
        long copied = copy(before.resolve("pool"), copy);
        double copySeconds = secondsSince(copyStart);
        Workspace.delete(copy);
        Workspace.delete(before);
        Path quiet = place.resolve("backup-" + directories++);
        BackupState state = backup(store, quiet);
        double backupSeconds = state.seconds();
        Workspace.delete(quiet);
        double pause = Math.max(QUIET_SECONDS_MIN, backupSeconds);
        long quietStart = System.nanoTime();
        double[] alone = write(store, id, more, () -> secondsSince(quietStart) < pause);
        Path busy = place.resolve("backup-" + directories++);
        try (Backups backups = new Backups(store, busy, List.of(), false)) {
            String made = backups.create().id();
            double[] beside = write(store, id, more, backups::isWorking);
            BackupState during = done(backups, made);
            BackupRun run = new BackupRun(round, state.bytes(), backupSeconds, copied, copySeconds,
                    alone.length, quantile(alone, 0.5), quantile(alone, 0.99), beside.length,
                    quantile(beside, 0.5), quantile(beside, 0.99), quantile(beside, 1), during.seconds());
            runs.add(run);
            tell(run);
        }
        store.flush(id, Position.LINKED).join();
        return busy;
    }

    private static BackupState backup(Forebay store, Path repository) {
        try (Backups backups = new Backups(store, repository, List.of(), false)) {
            String made = backups.create().id();
            while (backups.isWorking()) {
                LockSupport.parkNanos(1_000_000);
            }
            return done(backups, made);
        }
    }

    private static BackupState done(Backups backups, String id) {
        BackupState state = backups.state(id);
        if (state.phase() != Phase.DONE) {
            throw new IllegalStateException("the backup failed: " + state.failure());
        }
        return state;
    }

    /** What anybody would do: one file after the other, each brought to disk. */
    private static long copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
            for (Path file : files) {
                Path target = to.resolve(file.getFileName());
                Files.copy(file, target);
                try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
                bytes += Files.size(target);
            }
        }
        try (FileChannel names = FileChannel.open(to, StandardOpenOption.READ)) {
            names.force(true);
        }
        return bytes;
    }

    /** Sorted milliseconds of the acks. */
    private double[] write(Forebay store, UUID id, BatchSource more, BooleanSupplier goesOn) {
        AtomicLongArray nanos = new AtomicLongArray(ACKS_MAX);
        List<CompletableFuture<?>> sent = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < ACKS_MAX && goesOn.getAsBoolean(); i++) {
            RecordBatch batch = Objects.requireNonNull(more.next());
            long due = start + i * 1_000_000_000L / settings.rate();
            for (long rest = due - System.nanoTime(); rest > 0; rest = due - System.nanoTime()) {
                LockSupport.parkNanos(rest);
            }
            int number = i;
            sent.add(store.write(id, batch, WriteOptions.DEFAULT)
                    .thenRun(() -> nanos.set(number, System.nanoTime() - due)));
        }
        sent.forEach(CompletableFuture::join);
        double[] millis = new double[sent.size()];
        Arrays.setAll(millis, i -> nanos.get(i) / 1e6);
        Arrays.sort(millis);
        return millis;
    }

    private static double quantile(double[] sorted, double share) {
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))];
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private void tell(BackupRun run) {
        say.accept(String.format(Locale.ROOT,
                "round %d  backup %.0f MB/s  copy %.0f MB/s  ratio %.2f   ack p99 %.2f ms, during a backup %.2f ms"
                        + " (%d acks in %.1f s, longest %.1f ms)  ratio %.2f",
                run.round(), run.backupBytesPerSecond() / 1e6, run.copyBytesPerSecond() / 1e6,
                run.speedRatio(),
                run.ackQuietP99(), run.ackBackupP99(), run.acksBackup(), run.busySeconds(),
                run.ackBackupMax(),
                run.ackRatio()));
    }

    private void addFigures(BenchResult result) {
        result.figure(Figure.of("backup_bytes_per_second", "bytes of a backup over its seconds", "B/s",
                Summary.of(runs, BackupRun::backupBytesPerSecond)));
        result.figure(Figure.of("copy_bytes_per_second", "a plain copy of such files, synced", "B/s",
                Summary.of(runs, BackupRun::copyBytesPerSecond)));
        result.figure(Figure.of("backup_speed_ratio", "the first over the second, round by round", "",
                Summary.of(runs, BackupRun::speedRatio)).wanting(SPEED_MIN));
        result.figure(Figure.of("ack_p99_quiet", "acks of a steady writer", "ms",
                Summary.of(runs, BackupRun::ackQuietP99)));
        result.figure(Figure.of("ack_p99_backup", "the same while a backup is made", "ms",
                Summary.of(runs, BackupRun::ackBackupP99)));
        result.figure(Figure.of("ack_p99_ratio", "the second over the first, round by round", "",
                Summary.of(runs, BackupRun::ackRatio)).wantingAtMost(ACK_RATIO_MAX));
    }
}
