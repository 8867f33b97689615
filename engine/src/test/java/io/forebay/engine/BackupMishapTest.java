package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.backup.BackupException;
import io.forebay.engine.backup.BackupException.Reason;
import io.forebay.engine.snapshot.BackupPart;
import io.forebay.engine.backup.BackupState;
import io.forebay.engine.backup.BackupState.Phase;
import io.forebay.engine.backup.Backups;
import io.forebay.engine.backup.Creation;
import io.forebay.engine.backup.Manifest;
import io.forebay.engine.backup.OpenStore;
import io.forebay.engine.backup.Repository;
import io.forebay.engine.backup.Restoring;
import io.forebay.engine.backup.Restoring.Restored;
import io.forebay.engine.backup.Restoring.Wish;
import io.forebay.engine.snapshot.Snapshot;
import io.forebay.engine.backup.Source;
import io.forebay.engine.backup.StoppedStore;
import io.forebay.engine.backup.Verifying;
import io.forebay.index.vector.SegmentPieces;
import io.forebay.model.ForebayException;
import io.forebay.wal.WalExtentInfo;
import io.forebay.wal.WalTools;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Backups and restores that somebody or something gets in the way of. */
class BackupMishapTest extends BackupFixture {
    /** A backup that stands still as long as wanted. */
    private static final class Stuck implements BackupPart {
        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);

        @Override
        public String path() {
            return "other/part";
        }

        @Override
        public void checkpoint(Path directory) {
            asked.countDown();
            try {
                goOn.await();
                Files.createDirectories(directory);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void whoeverIsRefusedTheLockDoesNotTakeItFromWhoHasIt() throws Exception {
        Stuck stuck = new Stuck();
        try (Forebay store = Forebay.open(store(), options());
                Backups backups = backups(store, true)) {
            write(store, TestStores.create(store, "docs"), "r", 0, 10);
            String first = made(backups).id();
            try (Backups others = backups(store, true, stuck)) {
                others.create();
                stuck.asked.await();
                for (Runnable refused : List.<Runnable>of(() -> others.delete(first),
                        () -> repository().delete(first),
                        () -> Verifying.run(repository(), first, read -> {}))) {
                    assertThatThrownBy(refused::run).isInstanceOfSatisfying(BackupException.class,
                            busy -> assertThat(busy.reason()).isEqualTo(Reason.BUSY));
                }
                assertThat(isLockedForOtherProcesses()).isTrue();
                stuck.goOn.countDown();
                await().until(() -> !others.isWorking());
            }
            backups.delete(first);
        }
    }

    private boolean isLockedForOtherProcesses() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xint", "-cp",
                System.getProperty("java.class.path"), LockLook.class.getName(),
                repository().directory().resolve("LOCK").toString());
        return builder.inheritIO().start().waitFor() == 3;
    }

    /** Ends with 3 when somebody has the lock. */
    public static final class LockLook {
        public static void main(String[] arguments) throws IOException {
            try (FileChannel channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE)) {
                FileLock lock = channel.tryLock();
                System.exit(lock == null ? 3 : 0);
            }
        }
    }

    @Test
    void theLogOfAnotherStoreIsRefused() {
        stopped(store(), "r", 10);
        Manifest backup = ofStopped(store());
        stopped(temp.resolve("other"), "other", 500);
        for (Long seqId : new Long[]{null, backup.toSeqId() + 5}) {
            assertThatThrownBy(() -> restore(temp.resolve("mix"), null, seqId, temp.resolve("other")))
                    .isInstanceOfSatisfying(BackupException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.IMPOSSIBLE))
                    .hasMessageContaining("of another store");
        }
        assertThat(temp.resolve("mix")).doesNotExist();
    }

    @Test
    void aLogThatDoesNotGoBackToTheBackupIsRefused() {
        ForebayOptions purging = options().withCheckpointIntervalMillis(50);
        try (Forebay store = Forebay.open(store(), purging);
                Backups backups = backups(store, true)) {
            UUID id = TestStores.create(store, "docs");
            write(store, id, "r", 0, 10);
            String backup = made(backups).id();
            Path last = lastExtent();
            await().until(() -> {
                write(store, id, "more", 0, 2_000);
                return !Files.exists(last);
            });
            assertThatThrownBy(() -> restore(temp.resolve("gap"), backup, null, store()))
                    .isInstanceOf(BackupException.class).hasMessageContaining("does not continue backup")
                    .hasMessageContaining("ends in extent");
            restore(temp.resolve("alone"), backup, null, null);
        }
        assertThat(count(temp.resolve("alone"))).isEqualTo(10);
    }

    /** Of those in use: one is made ahead. */
    private Path lastExtent() {
        return WalTools.scan(store().resolve("wal"), (frame, payload) -> {}).extents().stream()
                .filter(WalExtentInfo::used).map(WalExtentInfo::file).reduce((a, b) -> b).orElseThrow();
    }

    @Test
    void aFailedBackupLeavesNothingInThePool() throws Exception {
        stopped(store(), "r", 300);
        Source failing = new Source() {
            private int asked;

            @Override
            public Held hold() {
                return new StoppedStore(store()).hold();
            }

            @Override
            public void checkMayGoOn() {
                if (++asked > 12) {
                    throw new IllegalStateException("the disk is at its reserve");
                }
            }
        };
        Manifest sound = ofStopped(store());
        stopped(store(), "more", 5_000);
        List<Path> before = pool();
        assertThatThrownBy(() -> new Creation(repository(), failing, false).run())
                .hasMessage("the disk is at its reserve");
        assertThat(pool()).isEqualTo(before);
        assertThat(Verifying.run(repository(), sound.id(), read -> {})).isEmpty();
    }

    @Test
    void aRestoreThatFailsWhileItMovesUpTakesBackWhatItMoved() throws Exception {
        stopped(store(), "r", 10);
        ofStopped(store());
        Path target = Files.createDirectory(temp.resolve("target"));
        AtomicBoolean once = new AtomicBoolean();
        Restoring restoring = new Restoring(repository(), read -> {
            if (once.compareAndSet(false, true)) {
                inTheWay(target.resolve("wal"));
            }
        });
        assertThatThrownBy(() -> restoring.run(new Wish(null, null, null), target))
                .isInstanceOf(BackupException.class).hasMessageContaining("wal");
        try (Stream<Path> left = Files.list(target)) {
            assertThat(left).as("what was there by itself").containsExactly(target.resolve("wal"));
        }
    }

    @Test
    void aFailureTakesBackEveryDirectoryThatWasMadeOnTheWay() throws Exception {
        stopped(store(), "r", 10);
        Path typo = temp.resolve("typo");
        for (Path to : List.of(typo, typo.resolve("more/backups"))) {
            Creation of = new Creation(new Repository(to), new StoppedStore(temp.resolve("nowhere")), true);
            assertThatThrownBy(of::run).isInstanceOf(RuntimeException.class);
            assertThat(typo).doesNotExist();
        }
        Path mine = Files.createDirectories(temp.resolve("mine"));
        Creation into = new Creation(new Repository(mine), new StoppedStore(temp.resolve("nowhere")), true);
        assertThatThrownBy(into::run).isInstanceOf(RuntimeException.class);
        assertThat(mine).isEmptyDirectory();
        assertThatThrownBy(() -> new Repository(mine).delete("20200101T000000-0000"))
                .isInstanceOf(BackupException.class).hasMessageContaining("there are no backups in");
        assertThat(mine).isEmptyDirectory();

        ofStopped(store());
        Path hit = pool().stream().filter(file -> file.toFile().length() > 0).findFirst().orElseThrow();
        Files.write(hit, new byte[0]);
        assertThatThrownBy(() -> restore(typo.resolve("new/store"), null, null, null))
                .isInstanceOf(BackupException.class).hasMessageContaining(hit.toString());
        assertThat(typo).doesNotExist();
        assertThatThrownBy(() -> restore(mine.resolve("a/b"), null, null, null))
                .isInstanceOf(BackupException.class);
        assertThat(mine).isEmptyDirectory();
    }

    private static void inTheWay(Path directory) {
        try {
            Files.createDirectories(directory.resolve("of-somebody"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aRestoreThatWasKilledWhileItMovedUpIsRefusedAndBegunAnew() throws Exception {
        stopped(store(), "r", 10);
        ofStopped(store());
        Path target = temp.resolve("killed");
        Files.createDirectories(target.resolve("restore.tmp/wal"));
        Files.createDirectories(target.resolve("records/half"));
        Files.writeString(target.resolve("restore.tmp/moving"), "records\nwal\n");
        assertThatThrownBy(() -> Forebay.open(target, options())).isInstanceOf(ForebayException.class)
                .hasMessageContaining("a restore that was not finished");
        assertThatThrownBy(() -> ofStopped(target)).hasMessageContaining("a restore that was not finished");
        Path mine = Files.writeString(target.resolve("mine"), "not of the restore");
        assertThatThrownBy(() -> restore(target, null, null, null)).hasMessageContaining("is not empty");
        assertThat(target.resolve("records/half")).exists();
        Files.delete(mine);
        restore(target, null, null, null);
        assertThat(target.resolve("records/half")).doesNotExist();
        assertThat(count(target)).isEqualTo(10);
    }

    @Test
    void aLogThatEndsBeforeWhatTheManifestSaysIsRefused() throws Exception {
        long from;
        try (Forebay store = Forebay.open(store(), options());
                Backups backups = backups(store, true)) {
            write(store, TestStores.create(store, "docs"), "r", 0, 10);
            from = made(backups).fromSeqId();
        }
        Source boasting = new Source() {
            @Override
            public Held hold() {
                Held held = new StoppedStore(store()).hold();
                Snapshot whole = held.snapshot();
                return new Held() {
                    @Override
                    public Snapshot snapshot() {
                        return new Snapshot(whole.items(), whole.fromSeqId(), whole.toSeqId() + 7,
                                whole.forks());
                    }

                    @Override
                    public void close() {
                        held.close();
                    }
                };
            }

            @Override
            public void checkMayGoOn() {}
        };
        Manifest boast = new Creation(repository(), boasting, true).run();
        assertThatThrownBy(() -> restore(temp.resolve("short"), boast.id(), null, null))
                .isInstanceOf(BackupException.class).hasMessageContaining("the log that there is ends at");
        assertThat(temp.resolve("short")).doesNotExist();
        restore(temp.resolve("enough"), boast.id(), boast.fromSeqId(), null);
        assertThat(count(temp.resolve("enough"))).isEqualTo(10);
        assertThat(from).isPositive();
    }

    /** A batch that came while the files were looked at is in the log's, but not in what is said of them. */
    @Test
    void whatTheLogHasBehindTheEndOfTheBackupIsNotRestored() throws Exception {
        try (Forebay store = Forebay.open(store(), options())) {
            UUID docs = TestStores.create(store, "docs");
            write(store, docs, "r", 0, 10);
            store.flush(docs, Position.APPLIED).join();
            CollectionRuntime runtime = store.store.catalog.collection(docs);
            runtime.publishLock.lock();
            try {
                write(store, docs, "behind", 0, 10);
                Source early = new Source() {
                    @Override
                    public Held hold() {
                        Held held = new OpenStore(store, List.of()).hold();
                        Snapshot late = held.snapshot();
                        assertThat(late.toSeqId()).isEqualTo(late.fromSeqId() + 10);
                        return new Held() {
                            @Override
                            public Snapshot snapshot() {
                                return new Snapshot(late.items(), late.fromSeqId(), late.fromSeqId(),
                                        late.forks());
                            }

                            @Override
                            public void close() {
                                held.close();
                            }
                        };
                    }

                    @Override
                    public void checkMayGoOn() {}
                };
                Manifest made = new Creation(repository(), early, true).run();
                Restored restored = restore(temp.resolve("early"), made.id(), null, null);
                assertThat(restored.seqId()).isEqualTo(made.toSeqId());
            } finally {
                runtime.publishLock.unlock();
            }
        }
        assertThat(count(temp.resolve("early"))).isEqualTo(10);
    }

    @Test
    void aBlockIsLinkedOnlyWhenTheRowsThatFillItAreOnDisk() throws Exception {
        stopped(store(), "r", 5_000);
        Path segment;
        try (Stream<Path> segments = Files.list(store().resolve("vectors"))) {
            segment = segments.findFirst().orElseThrow();
        }
        assertThat(settled(segment, 5_000, 5_000)).containsExactly(true, false);
        assertThat(settled(segment, 4_096, 5_000)).containsExactly(true, false);
        assertThat(settled(segment, 4_095, 5_000)).as("filled behind the flush").containsExactly(false,
                false);
        assertThat(settled(segment, 0, 5_000)).containsExactly(false, false);
    }

    private static List<Boolean> settled(Path segment, int flushed, int ordinals) {
        return SegmentPieces.vectors(segment, flushed, ordinals).stream()
                .sorted(Comparator.comparing(SegmentPieces.Piece::file)).map(SegmentPieces.Piece::settled)
                .toList();
    }

    @Test
    void aDamagedFileOfThePoolIsNotSharedOnceItWasFound() throws Exception {
        try (Forebay store = Forebay.open(store(), options());
                Backups backups = backups(store, false)) {
            write(store, TestStores.create(store, "docs"), "r", 0, 5_000);
            String first = made(backups).id();
            for (Path file : pool()) {
                byte[] bytes = Files.readAllBytes(file);
                if (bytes.length > 0) {
                    bytes[bytes.length / 2] ^= 1;
                    Files.write(file, bytes);
                }
            }
            String second = made(backups).id();
            assertThat(Verifying.run(repository(), second, read -> {})).isNotEmpty();
            backups.verify(second);
            await().until(() -> !backups.isWorking());
            assertThat(backups.state(second).verification().problems()).isNotEmpty();
            assertThat(backups.state(second).verification().finished()).isNotNull();
            backups.verify(first);
            await().until(() -> !backups.isWorking());
            String third = made(backups).id();
            assertThat(Verifying.run(repository(), third, read -> {})).isEmpty();
        }
    }

    @Test
    void anErrorEndsABackupAsAFailure() throws Exception {
        BackupPart broken = new BackupPart() {
            @Override
            public String path() {
                return "other/part";
            }

            @Override
            public void checkpoint(Path directory) {
                throw new OutOfMemoryError("no direct memory");
            }
        };
        try (Forebay store = Forebay.open(store(), options());
                Backups backups = backups(store, true, broken)) {
            String id = backups.create().id();
            await().until(() -> !backups.isWorking());
            assertThat(backups.state(id).phase()).isEqualTo(Phase.FAILED);
            assertThat(backups.state(id).failure()).contains("no direct memory");
            assertThat(backups.succeededMillis()).isZero();
        }
    }

    @Test
    void whenTheNewestWasMadeIsKnownAfterAStart() {
        stopped(store(), "r", 10);
        Manifest made = ofStopped(store());
        try (Forebay store = Forebay.open(store(), options());
                Backups backups = backups(store, true)) {
            assertThat(backups.succeededMillis()).isEqualTo(made.created().toEpochMilli() + made.millis());
        }
    }

    @Test
    void aStoreWithoutItsRecordSegmentsIsNoBackup() throws Exception {
        stopped(store(), "r", 10);
        Files.delete(store().resolve("records/CURRENT"));
        assertThatThrownBy(() -> ofStopped(store())).hasMessageContaining("not a whole store");
        assertThat(repository().list()).isEmpty();
    }

    @Test
    void besideADamagedManifestSeqIdsGoOnFarAboveWhatIsKnown() throws Exception {
        stopped(store(), "r", 10);
        Manifest first = ofStopped(store());
        stopped(store(), "more", 10);
        Manifest second = ofStopped(store());
        Files.writeString(repository().directory().resolve(second.id()).resolve("manifest"), "damaged");
        Restored restored = restore(temp.resolve("older"), null, null, null);
        assertThat(restored.manifest().id()).isEqualTo(first.id());
        assertThat(restored.note()).contains("cannot be read");
        try (Forebay opened = Forebay.open(temp.resolve("older"), options())) {
            UUID id = TestStores.create(opened, "docs");
            assertThat(write(opened, id, "next", 0, 1).minSeqId()).isGreaterThan(second.toSeqId());
        }
    }
}
