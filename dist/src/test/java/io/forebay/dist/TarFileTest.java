package io.forebay.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same files give the same bytes, whenever, wherever and in whichever order they were made. */
class TarFileTest {
    private static final Instant TIME = Instant.parse("2026-11-21T00:00:00Z");

    @TempDir
    Path folder;

    private Path made(String place, Instant touched, String... names) throws IOException {
        Path tree = Files.createDirectories(folder.resolve(place));
        for (String name : names) {
            Path file = tree.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
            assertThat(file.toFile().setExecutable(name.startsWith("bin/"))).isTrue();
            Files.setLastModifiedTime(file, FileTime.from(touched));
        }
        Path archive = folder.resolve(place + ".tar.gz");
        try (TarFile tar = TarFile.gzipped(archive, TIME)) {
            tar.tree(tree, "top");
        }
        return archive;
    }

    @Test
    void orderPlaceAndTimeMakeNoDifference() throws IOException {
        Path one = made("one", Instant.EPOCH, "lib/b.jar", "bin/run", "lib/a.jar");
        Path other = made("another-place", Instant.now(), "lib/a.jar", "lib/b.jar", "bin/run");
        assertThat(other).hasSameBinaryContentAs(one);
    }

    @Test
    void programsRunAndTheRestIsRead() throws IOException {
        List<String> entries = new ArrayList<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new GZIPInputStream(Files.newInputStream(made("x", Instant.now(), "lib/a.jar", "bin/run"))))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(TIME);
                assertThat(entry.getUserName()).isEqualTo("root");
                entries.add(Integer.toOctalString(entry.getMode() & 0777) + " " + entry.getName());
            }
        }
        assertThat(entries).containsExactly("755 top/", "755 top/bin/", "755 top/bin/run", "755 top/lib/",
                "644 top/lib/a.jar");
    }
}
