package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.backup.BackupState;
import io.forebay.engine.backup.BackupState.Phase;
import io.forebay.engine.backup.Backups;
import io.forebay.engine.backup.Repository;
import io.forebay.engine.backup.Restoring;
import io.forebay.engine.check.StoreCheck;
import io.forebay.model.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backups that are made while everybody writes, each against the account of what was written. */
class BackupUnderLoadTest {
    @TempDir
    Path temp;

    @Test
    void whatIsRestoredIsTheStoreAsOfThatSeqId() throws Exception {
        round(2, 1, 80);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void whatIsRestoredIsTheStoreAsOfThatSeqIdManyTimes() throws Exception {
        for (int round = 0; round < 12; round++) {
            round(6, 3, 300);
        }
    }

    private void round(int count, int moments, int entriesBetween) throws Exception {
        Random random = new Random(TestStores.seed());
        Path place = Files.createTempDirectory(temp, "round");
        // With and without a log that goes on from one backup to the next.
        long retain = random.nextBoolean() ? 1L << 30 : 0;
        ForebayOptions options = TestStores.smallOs().withExtentBytes(1 << 20).withCheckpointIntervalMillis(150)
                .withLog(LogOptions.of(random.nextBoolean() ? "chronicle" : "file", 1L << 40, retain));
        Repository repository = new Repository(place.resolve("backups"));
        BackupLoad load;
        try (Forebay store = Forebay.open(place.resolve("store"), options);
                Backups backups = new Backups(store, repository.directory(), List.of(), random.nextBoolean())) {
            load = new BackupLoad(store, random.nextLong());
            try (load) {
                for (int i = 0; i < count; i++) {
                    int before = load.entries();
                    await().until(() -> load.entries() >= before + entriesBetween || load.failed());
                    made(backups);
                }
            }
            List<BackupState> all = backups.list();
            assertThat(all).hasSize(count).allMatch(state -> state.phase() == Phase.DONE);
            assertThat(store.directory().resolve("backup.tmp")).doesNotExist();
            for (BackupState state : all) {
                check(repository, load, state, options, place, null);
                for (int i = 0; i < moments; i++) {
                    check(repository, load, state, options, place,
                            load.someSeqId(random, state.fromSeqId(), state.reachSeqId()));
                }
            }
            if (retain > 0) {
                long fork = load.firstFork(all.getFirst().toSeqId());
                assertThat(all.getFirst().reachSeqId()).as("reach of the first with the log of the last")
                        .isEqualTo(Math.min(all.getLast().toSeqId(), fork - 1));
            }
        }
    }

    private static void made(Backups backups) {
        String id = backups.create().id();
        await().atMost(Duration.ofMinutes(2)).until(() -> backups.state(id).phase() != Phase.RUNNING);
        assertThat(backups.state(id).failure()).isNull();
        await().until(() -> !backups.isWorking());
    }

    private void check(Repository repository, BackupLoad load, BackupState state, ForebayOptions options,
            Path place, Long seqId) throws Exception {
        Path target = place.resolve("restored-" + System.nanoTime());
        Restoring restoring = new Restoring(repository, bytes -> {});
        Restoring.Wish wish = new Restoring.Wish(state.id(), seqId, null);
        if (seqId != null && load.splits(seqId)) {
            assertThatThrownBy(() -> restoring.run(wish, target)).hasMessageContaining("inside of a batch");
            assertThat(target).doesNotExist();
            return;
        }
        Restoring.Restored restored = restoring.run(wish, target);
        assertThat(restored.seqId()).isEqualTo(seqId == null ? state.toSeqId() : seqId);
        List<Finding> findings = new ArrayList<>();
        assertThat(StoreCheck.run(target, findings::add, stage -> {}, (store, out) -> 0).fine())
                .as("forebay check: %s", findings).isTrue();
        long last;
        try (Forebay opened = Forebay.open(target, options)) {
            load.check(opened, restored.seqId());
            TestStores.create(opened, "behind");
            last = opened.lastSeqId();
            assertThat(last).as("no seqId is given twice").isGreaterThan(state.toSeqId());
        }
        try (Forebay again = Forebay.open(target, options)) {
            assertThat(again.lastSeqId()).isGreaterThanOrEqualTo(last);
            TestStores.drop(again, "behind");
            load.check(again, restored.seqId());
        }
        delete(target);
    }

    static void delete(Path tree) {
        try (var walk = Files.walk(tree)) {
            for (Path path : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
