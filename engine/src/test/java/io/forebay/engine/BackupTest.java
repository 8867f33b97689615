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
import io.forebay.engine.backup.Manifest;
import io.forebay.engine.backup.Restoring;
import io.forebay.engine.backup.Verifying;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.WriteAck;
import io.forebay.wal.WalException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupTest extends BackupFixture {
    /** More than one block of the arena. */
    private static final int BASE = 4_500;

    private static UUID filled(Forebay store) {
        UUID id = TestStores.create(store, "docs");
        write(store, id, "base", 0, BASE);
        return id;
    }

    private Path restored(String id, Long seqId) {
        Path target = temp.resolve("restored-" + System.nanoTime());
        restore(target, id, seqId, null);
        return target;
    }

    private static void checkRecords(Path directory, int... counts) {
        try (Forebay opened = Forebay.open(directory, options())) {
            UUID id = TestStores.create(opened, "docs");
            int all = 0;
            for (int i = 0; i < counts.length; i++) {
                for (int number = 0; number < counts[i]; number += Math.max(1, counts[i] / 50)) {
                    String record = (i == 0 ? "base" : "more" + i) + "-" + number;
                    GetRequest one = new GetRequest(List.of(record), null, null, 0,
                            EnumSet.of(Include.EMBEDDINGS));
                    assertThat(opened.get(id, one, ReadOptions.DEFAULT).join().getFirst().embedding())
                            .as(record).containsExactly(TestStores.vector(number, DIMENSION));
                }
                all += counts[i];
            }
            assertThat(opened.count(id, ReadOptions.DEFAULT).join()).isEqualTo(all);
            assertThat(opened.health().reasons()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSecondBackupOfAnUnchangedStoreCopiesAlmostNothing(boolean linking) throws Exception {
        try (Forebay store = Forebay.open(store(), options()); Backups backups = backups(store, linking)) {
            UUID id = filled(store);
            store.flush(id, Position.LINKED).join();
            BackupState first = made(backups);
            assertThat(first.newBytes()).isEqualTo(first.bytes()).isGreaterThan(BASE * DIMENSION * 4L);
            BackupState second = made(backups);
            assertThat(second.bytes()).isEqualTo(first.bytes());
            assertThat(second.newBytes()).as("of %s", second).isLessThan(first.bytes() / 20);
            write(store, id, "more1", 0, 10);
            assertThat(made(backups).newBytes()).isLessThan(first.bytes() / 2);
            checkRecords(restored(first.id(), null), BASE);
            checkRecords(restored(null, null), BASE, 10);
        }
    }

    @Test
    void nothingThatTheStoreDoesLaterChangesABackup() throws Exception {
        try (Forebay store = Forebay.open(store(), options().withCheckpointIntervalMillis(50));
                Backups backups = backups(store, true)) {
            UUID id = filled(store);
            String first = made(backups).id();
            for (int i = 0; i < 10; i++) {
                write(store, id, "base", 0, BASE);
                write(store, id, "more1", i * 500, i * 500 + 500);
            }
            store.flush(id, Position.LINKED).join();
            TestStores.drop(store, "docs");
            await().until(() -> store.removalsWaiting() == 0);
            assertThat(Verifying.run(repository(), first, read -> {})).isEmpty();
            checkRecords(restored(first, null), BASE);
        }
        try (Forebay again = Forebay.open(store(), options())) {
            assertThat(again.health().reasons()).isEmpty();
        }
        assertThat(Verifying.run(repository(), repository().manifests().getFirst().id(), read -> {}))
                .isEmpty();
    }

    @Test
    void deletingOneLeavesTheOthersWholeAndNothingThatNobodyNeeds() throws Exception {
        try (Forebay store = Forebay.open(store(), options()); Backups backups = backups(store, true)) {
            UUID id = filled(store);
            String first = made(backups).id();
            write(store, id, "more1", 0, 300);
            String second = made(backups).id();
            write(store, id, "more2", 0, 300);
            String third = made(backups).id();
            backups.delete(first);
            assertThatThrownBy(() -> backups.delete(first)).isInstanceOfSatisfying(BackupException.class,
                    missing -> assertThat(missing.reason()).isEqualTo(Reason.MISSING));
            assertThat(Verifying.run(repository(), second, read -> {})).isEmpty();
            assertThat(Verifying.run(repository(), third, read -> {})).isEmpty();
            checkRecords(restored(second, null), BASE, 300);
            backups.delete(second);
            checkRecords(restored(third, null), BASE, 300, 300);
            backups.delete(third);
            assertThat(pool()).isEmpty();
            assertThat(backups.list()).isEmpty();
        }
    }

    @Test
    void aFlippedByteOrAMissingFileIsFoundAndRefused() throws Exception {
        Random random = new Random(TestStores.seed());
        String id;
        try (Forebay store = Forebay.open(store(), options()); Backups backups = backups(store, false)) {
            filled(store);
            id = made(backups).id();
        }
        for (int i = 0; i < 8; i++) {
            List<Path> files = pool().stream().filter(file -> file.toFile().length() > 0).toList();
            Path hit = files.get(random.nextInt(files.size()));
            byte[] before = Files.readAllBytes(hit);
            if (i % 4 == 0) {
                Files.delete(hit);
            } else if (i % 4 == 1) {
                Files.write(hit, java.util.Arrays.copyOf(before, before.length - 1));
            } else {
                flip(hit, random);
            }
            assertThat(Verifying.run(repository(), id, read -> {})).as("%s hit", hit)
                    .singleElement().asString().contains(hit.toString());
            Path target = temp.resolve("never");
            assertThatThrownBy(
                    () -> restore(target, id, null, null))
                    .isInstanceOfSatisfying(BackupException.class,
                            damaged -> assertThat(damaged.reason()).isEqualTo(Reason.DAMAGED))
                    .hasMessageContaining(hit.toString());
            assertThat(target).doesNotExist();
            Files.write(hit, before);
        }
        checkRecords(restored(id, null), BASE);
        flip(repository().directory().resolve(id).resolve("manifest"), random);
        assertThatThrownBy(() -> restored(id, null)).hasMessageContaining("manifest");
        assertThat(repository().list()).singleElement().matches(found -> found.problem() != null);
    }

    private static void flip(Path file, Random random) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long at = random.nextLong(bytes.length());
            bytes.seek(at);
            int old = bytes.read();
            bytes.seek(at);
            bytes.write(old ^ (1 << random.nextInt(8)));
        }
    }

    @Test
    void aDamagedManifestKeepsThePoolAndGoesWhenItIsDeleted() throws Exception {
        try (Forebay store = Forebay.open(store(), options()); Backups backups = backups(store, false)) {
            filled(store);
            String damaged = made(backups).id();
            flip(repository().directory().resolve(damaged).resolve("manifest"), new Random(1));
            int before = pool().size();
            String sound = made(backups).id();
            assertThat(pool()).hasSizeGreaterThanOrEqualTo(before);
            assertThat(backups.state(damaged).phase()).isEqualTo(Phase.DAMAGED);
            backups.delete(damaged);
            assertThat(Verifying.run(repository(), sound, read -> {})).isEmpty();
            assertThat(pool()).hasSize(backups.state(sound).files());
        }
    }

    @Test
    void aStoreIsRestoredOnlyWhereNothingIsAndHalfOfOneIsNotOpened() throws Exception {
        try (Forebay store = Forebay.open(store(), options()); Backups backups = backups(store, true)) {
            filled(store);
            made(backups);
        }
        assertThatThrownBy(
                () -> restore(store(), null, null, null))
                .hasMessageContaining("is not empty");
        Path half = Files.createDirectories(temp.resolve("half/restore.tmp/wal")).getParent().getParent();
        assertThatThrownBy(() -> Forebay.open(half, options())).isInstanceOf(ForebayException.class)
                .hasMessageContaining("a restore that was not finished");
        restore(half, null, null, null);
        checkRecords(half, BASE);
        assertThatThrownBy(() -> restored("20200101T000000-0000", null)).hasMessageContaining("no backup");
        assertThatThrownBy(() -> restored("../../x", null)).hasMessageContaining("no backup");
        assertThatThrownBy(() -> restored(null, 1L << 40)).hasMessageContaining("what can be: ");
    }

    @Test
    void aStoppedStoreIsBackedUpAsItLies() throws Exception {
        try (Forebay store = Forebay.open(store(), options())) {
            filled(store);
            assertThatThrownBy(() -> ofStopped(store()))
                    .isInstanceOf(WalException.class);
        }
        Manifest first = ofStopped(store());
        Manifest second = ofStopped(store());
        assertThat(first.newBytes()).isEqualTo(first.bytes());
        assertThat(second.newBytes()).as("new bytes of the second").isZero();
        checkRecords(restored(second.id(), null), BASE);
        try (Forebay store = Forebay.open(store(), options()); Backups backups = backups(store, true)) {
            write(store, TestStores.create(store, "docs"), "more1", 0, 20);
            made(backups);
        }
        checkRecords(restored(null, null), BASE, 20);
        checkRecords(restored(first.id(), null), BASE);
    }

    @Test
    void theLogThatAStoreLeftLeadsFromABackupToItsEnd() throws Exception {
        long between;
        try (Forebay store = Forebay.open(store(), options().withCheckpointIntervalMillis(3_600_000));
                Backups backups = backups(store, true)) {
            UUID id = filled(store);
            made(backups);
            between = write(store, id, "more1", 0, 50).maxSeqId();
            write(store, id, "more2", 0, 50);
        }
        for (Long seqId : new Long[]{null, between}) {
            Path target = temp.resolve("with-log-" + seqId);
            restore(target, null, seqId, store());
            checkRecords(target, seqId == null ? new int[]{BASE, 50, 50} : new int[]{BASE, 50});
        }
    }

    @Test
    void keysAndFeedsGoOnInARestoredStore() throws Exception {
        long second;
        WriteOptions key = WriteOptions.ofKey("batch-7");
        try (Forebay store = Forebay.open(store(), options()); Backups backups = backups(store, true)) {
            UUID id = TestStores.create(store, "docs");
            WriteAck first = store.write(id, TestStores.batch(Operation.ADD, "base", 0, 5, DIMENSION), key)
                    .join();
            second = write(store, id, "base", 5, 9).maxSeqId();
            made(backups);
            Path target = restored(null, second);
            try (Forebay opened = Forebay.open(target, options())) {
                WriteAck again = opened
                        .write(id, TestStores.batch(Operation.ADD, "base", 0, 5, DIMENSION), key).join();
                assertThat(again.replayed()).isTrue();
                assertThat(again.maxSeqId()).isEqualTo(first.maxSeqId());
                try (ChangeFeed feed = opened.changes(id, first.minSeqId())) {
                    int records = 0;
                    Change change = feed.next();
                    while (change != null || feed.isUnfinished()) {
                        records += change == null ? 0 : change.batch().size();
                        change = feed.next();
                    }
                    assertThat(records).isEqualTo(9);
                }
                assertThat(write(opened, id, "base", 9, 10).minSeqId()).isGreaterThan(second);
            }
        }
    }

    @Test
    void oneIsMadeAtATimeAndOneThatFailsIsToldWithItsReason() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch hold = new CountDownLatch(1);
        BackupPart stuck = new BackupPart() {
            @Override
            public String path() {
                return "other/part";
            }

            @Override
            public void checkpoint(Path directory) {
                asked.countDown();
                try {
                    hold.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                throw new IllegalStateException("the part is out of order");
            }
        };
        try (Forebay store = Forebay.open(store(), options());
                Backups backups = backups(store, true, stuck)) {
            UUID id = filled(store);
            String first = backups.create().id();
            asked.await();
            assertThat(backups.state(first).phase()).isEqualTo(Phase.RUNNING);
            for (Runnable second : List.<Runnable>of(backups::create, () -> repository().delete(first))) {
                assertThatThrownBy(second::run).isInstanceOfSatisfying(BackupException.class,
                        busy -> assertThat(busy.reason()).isEqualTo(Reason.BUSY));
            }
            assertThat(write(store, id, "more1", 0, 10).records()).as("acked meanwhile").isEqualTo(10);
            hold.countDown();
            await().until(() -> !backups.isWorking());
            assertThat(backups.state(first).phase()).isEqualTo(Phase.FAILED);
            assertThat(backups.state(first).failure()).isEqualTo("the part is out of order");
            assertThat(backups.failures()).isOne();
            assertThat(store().resolve("backup.tmp")).doesNotExist();
            assertThat(repository().list()).isEmpty();
        }
    }

    @Test
    void aFullDiskEndsABackupAndNothingElse() throws Exception {
        try (TinyDisk disk = new TinyDisk(temp.resolve("disk"), 16);
                Forebay store = Forebay.open(store(), options());
                Backups backups = new Backups(store, temp.resolve("disk/backups"), List.of(), true)) {
            UUID id = filled(store);
            disk.fill();
            String failed = backups.create().id();
            await().until(() -> !backups.isWorking());
            assertThat(backups.state(failed).phase()).isEqualTo(Phase.FAILED);
            assertThat(backups.state(failed).failure()).contains("No space left");
            write(store, id, "more1", 0, 10);
            assertThat(store.health().reasons()).isEmpty();
            disk.free();
            BackupState made = made(backups);
            try (Stream<Path> pool = Files.list(temp.resolve("disk/backups/pool"))) {
                assertThat(pool.count()).as("nothing is left of the failed one").isEqualTo(made.files());
            }
        }
    }
}
