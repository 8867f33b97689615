package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.engine.WriteOptions;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a server makes in its store is its owner's alone; as a library the engine closes at least the door. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class StoreModesTest {
    @TempDir
    Path directory;
    private int before;

    @BeforeEach
    void generous() {
        before = Umask.set(0022);
    }

    @AfterEach
    void asBefore() {
        Umask.set(before);
    }

    /** Paths with modes that others than the owner have something of. */
    private static Map<String, String> open(Path root) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.toList()) {
                String modes = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                String wanted = Files.isDirectory(path) ? "rwx------" : "rw-------";
                if (!modes.equals(wanted)) {
                    found.put(root.relativize(path).toString(), modes);
                }
            }
        }
        return found;
    }

    @Test
    void everythingThatARunningServerMakesIsItsOwners() throws Exception {
        Path store = directory.resolve("deep/store");
        List<String> arguments = List.of("run", "--path", store.toString(), "--port", "0", "--set",
                "auth.mode=auto", "--set", "wal.extent_bytes=4194304", "--stop-at-eof");
        Process server = new ProcessBuilder(Launch.again(arguments))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = new BufferedReader(
                new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> said = new ArrayList<>();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.add(line);
                if (line.contains("listening on")) {
                    break;
                }
            }
            assertThat(said).last().asString().contains("listening on");
            assertThat(store.resolve("imports/db")).isDirectory();
            assertThat(store.resolve("records/CURRENT")).exists();
            assertThat(open(store)).isEmpty();
        } finally {
            server.getOutputStream().close();
            assertThat(server.waitFor(120, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(open(store)).isEmpty();
    }

    @Test
    void asALibraryTheEngineMakesItsDirectoryForItsOwnerAndLeavesTheProcessAlone() throws IOException {
        Path store = directory.resolve("store");
        try (Forebay forebay = Forebay.open(store, ForebayOptions.defaults().withExtentBytes(4 << 20)
                .withDiskReserveBytes(0))) {
            forebay.write(forebay.getOrCreateCollection("docs", CollectionConfig.DEFAULT).id(),
                    RecordBatch.builder(Operation.ADD).record("a", new float[]{1, 2}).build(),
                    WriteOptions.DEFAULT).join();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store)))
                .isEqualTo("rwx------");
        assertThat(Umask.set(0022)).isEqualTo(0022);
        assertThat(open(store)).as("modes of what lies behind that door").isNotEmpty();
    }

    @Test
    void aDirectoryThatWasThereKeepsItsModes() throws IOException {
        Path store = Files.createDirectory(directory.resolve("store"));
        Forebay.open(store, ForebayOptions.defaults().withExtentBytes(4 << 20).withDiskReserveBytes(0))
                .close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store)))
                .isEqualTo("rwxr-xr-x");
    }
}
