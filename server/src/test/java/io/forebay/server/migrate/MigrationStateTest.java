package io.forebay.server.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.CollectionConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state file of a migration, also on a disk that is full. */
class MigrationStateTest {
    private static final SourceCollection ONE = new SourceCollection(new Place("t", "d"), UUID.randomUUID(),
            "one", null, CollectionConfig.DEFAULT, 3);
    private static final SourceCollection OTHER = new SourceCollection(new Place("t", "d"), UUID.randomUUID(),
            "other", null, CollectionConfig.DEFAULT, 3);
    @TempDir
    Path folder;

    private FullDisk disk(Path file) throws IOException {
        return new FullDisk(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE));
    }

    @Test
    void aLineThatOnlyHalfFitsIsTakenBackAndOthersFollow() throws IOException {
        Path file = folder.resolve("state");
        FullDisk disk = disk(file);
        try (MigrationState state = new MigrationState(file, new StateLines(file, disk))) {
            state.begin("from", "to");
            state.creating(ONE, "one", false);
            disk.room = 10;
            assertThatThrownBy(() -> state.done(ONE, 500, 0, "r499")).isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot write " + file);
            disk.room = Long.MAX_VALUE;
            state.done(OTHER, 70, 0, "r69");
        }
        try (MigrationState state = MigrationState.resume(file, "from", "to")) {
            assertThat(state.of(ONE.id()).targetName).isEqualTo("one");
            assertThat(state.of(ONE.id()).records).isZero();
            assertThat(state.of(OTHER.id()).records).isEqualTo(70);
        }
    }

    @Test
    void behindATornLineThatCannotBeTakenBackNothingIsWritten() throws IOException {
        Path file = folder.resolve("state");
        FullDisk disk = disk(file);
        try (MigrationState state = new MigrationState(file, new StateLines(file, disk))) {
            state.begin("from", "to");
            state.creating(ONE, "one", false);
            disk.room = 10;
            disk.refusesTruncate = true;
            assertThatThrownBy(() -> state.done(ONE, 500, 0, "r499")).isInstanceOf(IOException.class);
            disk.room = Long.MAX_VALUE;
            assertThatThrownBy(() -> state.done(OTHER, 70, 0, "r69")).isInstanceOf(IOException.class)
                    .hasMessageContaining("ends in a line that could not be written");
        }
        try (MigrationState state = MigrationState.resume(file, "from", "to")) {
            assertThat(state.of(ONE.id()).targetName).isEqualTo("one");
            state.done(ONE, 3, 0, "-");
        }
        try (MigrationState state = MigrationState.resume(file, "from", "to")) {
            assertThat(state.of(ONE.id()).records).isEqualTo(3);
        }
    }

    @Test
    void whatIsBegunAfterTheEndIsUnfinishedAgain() throws IOException {
        Path file = folder.resolve("state");
        try (MigrationState state = MigrationState.create(file, "from", "to")) {
            state.creating(ONE, "one", false);
            state.complete(ONE);
            state.finished();
        }
        assertThat(MigrationState.isUnfinished(file)).isFalse();
        try (MigrationState state = MigrationState.resume(file, "from", "to")) {
            state.creating(OTHER, "other", true);
        }
        assertThat(MigrationState.isUnfinished(file)).isTrue();
        try (MigrationState state = MigrationState.resume(file, "from", "to")) {
            assertThat(state.of(ONE.id()).isTaken).isFalse();
            assertThat(state.of(OTHER.id()).isTaken).isTrue();
            state.finished();
        }
        assertThat(MigrationState.isUnfinished(file)).isFalse();
        assertThat(Files.readString(file)).contains("taken " + OTHER.id());
    }

    @Test
    void idsOfRefusedRecordsAreKept() throws IOException {
        Path file = folder.resolve("state");
        try (MigrationState state = MigrationState.create(file, "from", "to")) {
            for (String id : new String[]{"a b", "-", "", "ü", "a b"}) {
                state.refused(ONE, id);
            }
        }
        try (MigrationState state = MigrationState.resume(file, "from", "to")) {
            assertThat(state.of(ONE.id()).refusedIds).containsExactlyInAnyOrder("a b", "-", "", "ü");
        }
    }
}
