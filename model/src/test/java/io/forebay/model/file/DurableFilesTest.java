package io.forebay.model.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a replaced file survives, on a disk that notes each step and fails at the one that is wanted. */
class DurableFilesTest {
    private static final byte[] OLD = "old".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NEW = "new one".getBytes(StandardCharsets.UTF_8);
    /** Of a replacement where something lies aside; the disk takes four bytes at a time. */
    private static final List<String> STEPS = List.of("delete a.tmp", "new a.tmp", "write a.tmp",
            "write a.tmp", "force a.tmp", "move a.tmp a", "open dir", "force dir");

    @TempDir
    Path temp;

    private Path directory;
    private final FailingDisk disk = new FailingDisk();

    @BeforeEach
    void make() throws IOException {
        directory = Files.createDirectory(temp.resolve("dir"));
    }

    @Test
    void itIsWrittenThenSyncedThenRenamedThenTheNamesAreSynced() throws IOException {
        Files.write(directory.resolve("a.tmp"), OLD);
        DurableFiles.replace(disk.on(directory.resolve("a")), ".tmp", NEW);
        assertThat(disk.steps).isEqualTo(STEPS);
        assertThat(directory.resolve("a")).hasBinaryContent(NEW);
        assertThat(directory.resolve("a.tmp")).doesNotExist();
    }

    @Test
    void whereverItFailsTheFileIsTheOldOneOrTheNewOneAndNothingLiesAside() throws IOException {
        for (int step = 1; step < STEPS.size(); step++) {
            FailingDisk failing = new FailingDisk();
            failing.failing = step;
            Files.write(directory.resolve("a"), OLD);
            Files.write(directory.resolve("a.tmp"), OLD);
            assertThatThrownBy(() -> DurableFiles.replace(failing.on(directory.resolve("a")), ".tmp", NEW))
                    .isInstanceOf(FailingDisk.Failed.class).hasMessage(STEPS.get(step));
            boolean renamed = step > STEPS.indexOf("move a.tmp a");
            assertThat(directory.resolve("a")).as(STEPS.get(step)).hasBinaryContent(renamed ? NEW : OLD);
            assertThat(directory.resolve("a.tmp")).as(STEPS.get(step)).doesNotExist();
        }
    }

    @Test
    void aContentThatCannotBeMadeLeavesTheOldFile() throws IOException {
        Path file = directory.resolve("a");
        Files.write(file, OLD);
        assertThatThrownBy(() -> DurableFiles.replace(file, ".part", channel -> {
            DurableFiles.writeFully(channel, ByteBuffer.wrap(NEW));
            throw new IllegalStateException("half way");
        })).isInstanceOf(IllegalStateException.class);
        assertThat(file).hasBinaryContent(OLD);
        assertThat(directory).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void whatLiesAsideIsMadeNewWithTheModesThatAreAskedFor() throws IOException {
        assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Path file = directory.resolve("a");
        Path aside = directory.resolve("a.new");
        Files.write(aside, OLD);
        Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rw-rw-rw-"));
        DurableFiles.replace(file, ".new", NEW, OwnerOnly.file(file));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        Path inside = Files.createDirectory(directory.resolve("own"), OwnerOnly.directory(directory));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(inside)))
                .isEqualTo("rwx------");
    }

    @Test
    void aLinkThatLiesAsideIsNotFollowedAndADirectoryThereIsRefused() throws IOException {
        Path other = Files.write(temp.resolve("other"), OLD);
        Path file = directory.resolve("a");
        Files.createSymbolicLink(directory.resolve("a.tmp"), other);
        DurableFiles.replace(file, ".tmp", NEW);
        assertThat(other).hasBinaryContent(OLD);
        assertThat(file).isRegularFile().hasBinaryContent(NEW);

        Files.createDirectory(directory.resolve("a.tmp"));
        assertThatThrownBy(() -> DurableFiles.replace(file, ".tmp", OLD))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasBinaryContent(NEW);
        assertThat(directory.resolve("a.tmp")).isDirectory();
    }

    @Test
    void aNameWithoutADirectoryIsInTheWorkingDirectory() throws IOException {
        Path file = Path.of("durable-files-test-" + UUID.randomUUID());
        try {
            DurableFiles.replace(file, ".tmp", NEW);
            assertThat(file).hasBinaryContent(NEW);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    @Test
    void aRenameIsFollowedByASyncOfTheNames() throws IOException {
        Files.write(directory.resolve("graph.tmp"), NEW);
        Files.write(directory.resolve("graph"), OLD);
        DurableFiles.rename(disk.on(directory.resolve("graph.tmp")), disk.on(directory.resolve("graph")));
        assertThat(disk.steps).containsExactly("move graph.tmp graph", "open dir", "force dir");
        assertThat(directory.resolve("graph")).hasBinaryContent(NEW);
    }

    @Test
    void theNameOfADirectoryIsSyncedInItsParent() throws IOException {
        DurableFiles.syncNameOf(disk.on(directory));
        String parent = temp.toRealPath().getFileName().toString();
        assertThat(disk.steps).containsExactly("open " + parent, "force " + parent);
    }
}
