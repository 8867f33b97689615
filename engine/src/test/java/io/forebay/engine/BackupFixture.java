package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.backup.BackupState;
import io.forebay.engine.backup.BackupState.Phase;
import io.forebay.engine.backup.Backups;
import io.forebay.engine.backup.Creation;
import io.forebay.engine.backup.Manifest;
import io.forebay.engine.backup.Repository;
import io.forebay.engine.backup.Restoring;
import io.forebay.engine.backup.Restoring.Restored;
import io.forebay.engine.backup.Restoring.Wish;
import io.forebay.engine.backup.StoppedStore;
import io.forebay.engine.snapshot.BackupPart;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.WriteAck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** What tests of backups begin with: a directory with a store and a repository in it. */
abstract class BackupFixture {
    static final int DIMENSION = 16;

    @TempDir
    Path temp;

    final Path store() {
        return temp.resolve("store");
    }

    final Repository repository() {
        return new Repository(temp.resolve("backups"));
    }

    static ForebayOptions options() {
        return TestStores.small().withExtentBytes(1 << 20);
    }

    final Backups backups(Forebay store, boolean linking, BackupPart... parts) {
        return new Backups(store, repository().directory(), List.of(parts), linking);
    }

    static BackupState made(Backups backups) {
        String id = backups.create().id();
        await().until(() -> !backups.isWorking());
        BackupState state = backups.state(id);
        assertThat(state.failure()).isNull();
        assertThat(state.phase()).isEqualTo(Phase.DONE);
        return state;
    }

    static WriteAck write(Forebay store, UUID id, String prefix, int from, int to) {
        return store.write(id, TestStores.batch(Operation.UPSERT, prefix, from, to, DIMENSION),
                WriteOptions.DEFAULT).join();
    }

    /** A store that has these records, applied, and is closed. */
    static void stopped(Path directory, String prefix, int records) {
        try (Forebay store = Forebay.open(directory, options())) {
            UUID docs = TestStores.create(store, "docs");
            write(store, docs, prefix, 0, records);
            store.flush(docs, Position.APPLIED).join(); // or the segments need not be there
        }
    }

    static long count(Path directory) {
        try (Forebay opened = Forebay.open(directory, options())) {
            return opened.count(TestStores.create(opened, "docs"), ReadOptions.DEFAULT).join();
        }
    }

    final Manifest ofStopped(Path directory) {
        return new Creation(repository(), new StoppedStore(directory), true).run();
    }

    final Restored restore(Path target, String id, Long seqId, Path survivor) {
        return new Restoring(repository(), read -> {}).run(new Wish(id, seqId, survivor), target);
    }

    final List<Path> pool() throws IOException {
        try (Stream<Path> files = Files.list(repository().directory().resolve("pool"))) {
            return files.sorted().toList();
        }
    }
}
