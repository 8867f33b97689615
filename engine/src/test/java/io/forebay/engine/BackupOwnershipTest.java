package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.backup.BackupException;
import io.forebay.engine.backup.BackupException.Reason;
import io.forebay.engine.backup.BackupState.Phase;
import io.forebay.engine.backup.Backups;
import io.forebay.engine.backup.Manifest;
import io.forebay.engine.backup.Verifying;
import io.forebay.engine.manifest.StoreId;
import io.forebay.engine.manifest.StoreManifest;
import io.forebay.model.ReadOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A directory of backups is of one store, and of what was restored from it when that goes on alone. */
class BackupOwnershipTest extends BackupFixture {
    private Path other() {
        return temp.resolve("other");
    }

    private static StoreId id(Path store) {
        StoreManifest manifest = StoreManifest.read(store);
        assertThat(manifest).isNotNull();
        StoreId id = manifest.id();
        assertThat(id).isNotNull();
        return id;
    }

    private Path restored(String name, String backup) {
        restore(temp.resolve(name), backup, null, null);
        return temp.resolve(name);
    }

    private void refused(ThrowingCallable creating, Path owner, Path refused) {
        assertThatThrownBy(creating).isInstanceOfSatisfying(BackupException.class,
                e -> assertThat(e.reason()).isEqualTo(Reason.IMPOSSIBLE))
                .hasMessageContaining("the backups in " + repository().directory() + " are of store "
                        + id(owner).id())
                .hasMessageContaining("this is store " + id(refused).id())
                .hasMessageContaining("a directory of its own");
    }

    @Test
    void theManifestNamesTheStoreAndAnotherStoreIsRefused() throws Exception {
        stopped(store(), "r", 10);
        stopped(other(), "o", 20);
        Manifest first = ofStopped(store());
        assertThat(first.store()).isEqualTo(id(store()).id()).isNotEqualTo(id(other()).id());
        assertThat(repository().manifest(first.id()).store()).isEqualTo(first.store());

        int files = pool().size();
        refused(() -> ofStopped(other()), store(), other());
        try (Forebay store = Forebay.open(other(), options()); Backups backups = backups(store, true)) {
            String failed = backups.create().id();
            await().until(() -> !backups.isWorking());
            assertThat(backups.state(failed).phase()).isEqualTo(Phase.FAILED);
            assertThat(backups.state(failed).failure()).contains(first.store().toString(),
                    id(other()).id().toString());
        }
        assertThat(pool()).hasSize(files);
        assertThat(repository().list()).hasSize(1);
        assertThat(ofStopped(store()).store()).isEqualTo(first.store());

        repository().manifests().forEach(backup -> repository().delete(backup.id()));
        assertThat(ofStopped(other()).store()).as("of nobody now").isEqualTo(id(other()).id());
    }

    /** What the other one had as of its last seqId must not become what the restored one has. */
    @Test
    void aRestoredStoreThatHasWrittenNothingIsNotTheOtherOneAsOfTheSameSeqId() throws Exception {
        stopped(store(), "r", 10);
        Manifest first = ofStopped(store());
        stopped(store(), "more", 10);
        Manifest newest = ofStopped(store());
        Path restored = restored("restored", first.id());
        Manifest unwritten = ofStopped(restored);
        try (Forebay store = Forebay.open(restored, options()); Backups backups = backups(store, true)) {
            assertThat(made(backups).fromSeqId()).isGreaterThan(newest.toSeqId());
        }
        assertThat(unwritten.fromSeqId()).isGreaterThan(newest.toSeqId());
        refused(() -> ofStopped(store()), restored, store());

        restore(temp.resolve("of the other"), null, newest.toSeqId(), null);
        assertThat(count(temp.resolve("of the other"))).isEqualTo(20);
        restore(temp.resolve("newest"), null, null, null);
        assertThat(count(temp.resolve("newest"))).isEqualTo(10);
        restore(temp.resolve("by its seqId"), null, unwritten.toSeqId(), null);
        assertThat(count(temp.resolve("by its seqId"))).isEqualTo(10);
        try (Forebay store = Forebay.open(restored, options())) {
            assertThat(write(store, TestStores.create(store, "docs"), "next", 0, 1).minSeqId())
                    .isGreaterThan(unwritten.toSeqId());
        }
    }

    @Test
    void aRestoredStoreIsAnotherOneAndGoesOnWithTheBackupsOfTheOneThatIsGone() {
        stopped(store(), "r", 10);
        Manifest first = ofStopped(store());
        stopped(store(), "more", 10);
        Manifest newest = ofStopped(store());
        Path restored = restored("restored", first.id());
        assertThat(id(restored).id()).isNotEqualTo(id(store()).id());
        assertThat(id(restored).restoredFrom())
                .isEqualTo(new StoreId.RestoredFrom(id(store()).id(), newest.toSeqId()));
        StoreId before = id(restored);
        stopped(restored, "next", 5);
        assertThat(id(restored)).as("kept when it is opened").isEqualTo(before);

        Manifest later = ofStopped(restored);
        assertThat(later.store()).isEqualTo(before.id());
        assertThat(later.toSeqId()).isGreaterThan(newest.toSeqId());
        assertThat(ofStopped(restored).store()).isEqualTo(before.id());
        refused(() -> ofStopped(store()), restored, store());

        Path again = restored("again", null);
        assertThat(id(again).restoredFrom()).isNotNull();
        assertThat(id(again).restoredFrom().store()).isEqualTo(before.id());
        assertThat(ofStopped(again).store()).isEqualTo(id(again).id());
        try (Forebay opened = Forebay.open(again, options())) {
            assertThat(opened.count(TestStores.create(opened, "docs"), ReadOptions.DEFAULT).join())
                    .isEqualTo(15);
        }
    }

    @Test
    void aRestoredStoreIsRefusedWhenTheOriginalGoesOn() {
        stopped(store(), "r", 10);
        ofStopped(store());
        Path restored = restored("drill", null);
        stopped(restored, "drill", 10);
        stopped(store(), "more", 10);
        Manifest later = ofStopped(store());
        refused(() -> ofStopped(restored), store(), restored);
        assertThatThrownBy(() -> ofStopped(restored))
                .hasMessageContaining("the other one has gone on to seqId " + later.toSeqId());
        assertThat(ofStopped(store()).store()).isEqualTo(id(store()).id());
    }

    @Test
    void whenTheBackupsOfTheRestoredStoreAreDeletedTheOriginalGoesOn() {
        stopped(store(), "r", 10);
        ofStopped(store());
        Path restored = restored("drill", null);
        stopped(restored, "drill", 10);
        Manifest mistaken = ofStopped(restored);
        refused(() -> ofStopped(store()), restored, store());
        repository().delete(mistaken.id());
        assertThat(ofStopped(store()).store()).isEqualTo(id(store()).id());
    }

    @Test
    void aBackupOfAnOlderForebayIsAcceptedAndReadAndRestored() throws IOException {
        stopped(store(), "r", 10);
        Manifest made = ofStopped(store());
        asOfVersion1(made);
        Manifest old = repository().manifest(made.id());
        assertThat(old.store()).isNull();
        assertThat(old.entries()).isEqualTo(made.entries());
        assertThat(old.toSeqId()).isEqualTo(made.toSeqId());
        assertThat(Verifying.run(repository(), old.id(), read -> {})).isEmpty();
        Path restored = restored("restored", old.id());
        assertThat(id(restored).restoredFrom()).isNull();

        stopped(other(), "o", 10);
        assertThat(ofStopped(other()).store()).as("nobody's until then").isEqualTo(id(other()).id());
        refused(() -> ofStopped(store()), other(), store());
    }

    @Test
    void aStoreWithoutAnIdIsTakenWhereNobodyIsAndRefusedWhereAStoreIs() throws IOException {
        stopped(store(), "r", 10);
        Files.delete(store().resolve("STORE"));
        assertThat(ofStopped(store()).store()).isNull();
        assertThat(id(restored("restored", null)).restoredFrom()).isNull();
        stopped(store(), "more", 10);
        assertThat(ofStopped(store()).store()).as("opened, so it has one").isEqualTo(id(store()).id());
        Files.delete(store().resolve("STORE"));
        assertThatThrownBy(() -> ofStopped(store())).isInstanceOf(BackupException.class)
                .hasMessageContaining("this is a store without an id");
    }

    private void asOfVersion1(Manifest manifest) throws IOException {
        Path file = repository().directory().resolve(manifest.id()).resolve("manifest");
        String text = Files.readString(file).replace("forebay-backup 2\n", "forebay-backup 1\n")
                .replace("store " + manifest.store() + "\n", "");
        String body = text.substring(0, text.lastIndexOf("\nend ") + 1);
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        Files.writeString(file,
                body + "end " + manifest.files() + " " + "%08x".formatted(crc.getValue()) + "\n");
    }
}
