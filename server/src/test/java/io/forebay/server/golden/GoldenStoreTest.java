package io.forebay.server.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.check.CheckReport;
import io.forebay.engine.check.StoreCheck;
import io.forebay.engine.manifest.StoreManifest;
import io.forebay.etl.ImportCheck;
import io.forebay.model.Finding;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stores that earlier Forebays made, kept as zip files with their answers beside them: today's code finds them
 * sound, opens them and answers the same. {@code -Dforebay.golden=NAME} makes another one (docs/HACKING.md); one
 * that is there is never made anew.
 */
class GoldenStoreTest {
    @TempDir
    Path directory;

    private static Path folder() {
        return Path.of(System.getProperty("forebay.root"), "server/src/test/resources/golden");
    }

    static List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder())) {
            return all.map(path -> path.getFileName().toString()).filter(name -> name.endsWith(".zip"))
                    .sorted()
                    .toList();
        }
    }

    private Path unpacked(String name) throws IOException {
        Path store = directory.resolve("store");
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(folder().resolve(name)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = store.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
            }
        }
        return store;
    }

    private static void assertSound(Path store, long pending) {
        List<Finding> found = new ArrayList<>();
        CheckReport report = StoreCheck.run(store, found::add, stage -> {}, ImportCheck::run);
        assertThat(found.stream().filter(Finding::isDamage)).isEmpty();
        assertThat(report.pendingEntries()).isEqualTo(pending);
        assertThat(report.graphNodes()).isGreaterThanOrEqualTo(512);
        assertThat(report.grams()).isGreaterThan(1000);
    }

    @ParameterizedTest
    @MethodSource("names")
    void aStoreOfAnEarlierForebayIsSoundAnswersAsItDidAndIsSoundAfterwards(String name) throws IOException {
        Path store = unpacked(name);
        assertSound(store, 3);
        String expected = Files.readString(folder().resolve(name.replace(".zip", ".json")));
        assertThat(GoldenAnswers.of(store)).isEqualTo(expected);
        StoreManifest manifest = StoreManifest.read(store);
        assertThat(manifest).isNotNull();
        assertThat(manifest.format()).isEqualTo(StoreManifest.FORMAT);
        assertSound(store, 0);
    }

    @Test
    void aStoreOfBeforeTheManifestIsBroughtUpToDateAndAnswersTheSame() throws IOException {
        String name = names().getFirst();
        Path store = unpacked(name);
        Files.delete(store.resolve(StoreManifest.FILE));
        String expected = Files.readString(folder().resolve(name.replace(".zip", ".json")));
        assertThat(GoldenAnswers.of(store)).isEqualTo(expected);
        StoreManifest manifest = StoreManifest.read(store);
        assertThat(manifest).isNotNull();
        assertThat(manifest.madeBy()).isEqualTo(StoreManifest.UNKNOWN);
        assertThat(manifest.format()).isEqualTo(StoreManifest.FORMAT);
    }

    @Test
    @EnabledIfSystemProperty(named = "forebay.golden", matches = ".+")
    void makeAnother() throws IOException {
        String name = System.getProperty("forebay.golden");
        Path zip = folder().resolve(name + ".zip");
        assertThat(zip).as("a golden store is never made anew").doesNotExist();
        Path store = directory.resolve("store");
        GoldenMaker.make(store);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
                Stream<Path> files = Files.walk(store)) {
            out.setLevel(9);
            for (Path file : files.filter(Files::isRegularFile).filter(GoldenStoreTest::isKept).sorted()
                    .toList()) {
                out.putNextEntry(new ZipEntry(store.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, (OutputStream) out);
                out.closeEntry();
            }
        }
        Files.writeString(folder().resolve(name + ".json"), GoldenAnswers.of(store));
    }

    /** RocksDB's own logs, and what it was opened with, are not needed. */
    private static boolean isKept(Path file) {
        return !file.getFileName().toString().matches("LOG(\\.old.*)?|OPTIONS-.*");
    }
}
