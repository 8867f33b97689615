package io.forebay.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.engine.SegmentTools;
import io.forebay.engine.manifest.StoreId.RestoredFrom;
import io.forebay.model.CollectionConfig;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifest of real stores, and migrations that work on real files. */
class StoreManifestTest {
    @TempDir
    Path directory;

    private static ForebayOptions small() {
        return ForebayOptions.defaults().withExtentBytes(4 << 20).withDiskReserveBytes(0)
                .withRocksCacheBytes(16 << 20);
    }

    private Path made() {
        Path store = directory.resolve("store");
        try (Forebay forebay = Forebay.open(store, small())) {
            forebay.getOrCreateCollection("docs", CollectionConfig.DEFAULT);
        }
        return store;
    }

    private static Map<String, String> content(Path root) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.put(root.relativize(file).toString(), Files.getLastModifiedTime(file) + " "
                        + java.util.Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return all;
    }

    private static void newer(Path store) {
        TreeMap<String, Integer> parts = new TreeMap<>(StoreManifest.current("1", "1").parts());
        parts.put("records", 9);
        parts.put("columns", 1);
        new StoreManifest(7, "0.1.0", "4.2.0", parts, null).write(store);
    }

    @Test
    void aNewStoreSaysWhatItIsAndItsPartsSayTheSame() throws IOException {
        Path store = made();
        StoreManifest manifest = StoreManifest.read(store);
        assertThat(manifest).isNotNull();
        assertThat(manifest.format()).isEqualTo(StoreManifest.FORMAT).isEqualTo(Migration.ALL.size());
        assertThat(manifest.madeBy()).isEqualTo(ForebayVersion.text());
        assertThat(Files.readString(store.resolve("records/FORMAT")))
                .isEqualTo("forebay-records " + manifest.parts().get("records") + "\n");
        assertThat(store.resolve("STORE.tmp")).doesNotExist();
    }

    @Test
    void aStoreThatIsOpenedAgainIsNotWrittenAnew() throws IOException {
        Path store = made();
        Object before = Files.getLastModifiedTime(store.resolve("STORE"));
        made();
        assertThat(Files.getLastModifiedTime(store.resolve("STORE"))).isEqualTo(before);
    }

    @Test
    void aStoreOfBeforeTheManifestGetsOneAndKeepsWhatItHas() throws IOException {
        Path store = made();
        Files.delete(store.resolve("STORE"));
        try (Forebay forebay = Forebay.open(store, small())) {
            assertThat(forebay.collections("default_tenant", "default_database", null, 0)).hasSize(1);
        }
        StoreManifest manifest = StoreManifest.read(store);
        assertThat(manifest).isNotNull();
        assertThat(manifest.madeBy()).isEqualTo("unknown");
        assertThat(manifest.openedBy()).isEqualTo(ForebayVersion.text());
        assertThat(manifest.format()).isEqualTo(1);
    }

    @Test
    void anOlderStoreGetsAnIdAndKeepsItEverAfter() {
        Path store = made();
        StoreManifest first = StoreManifest.read(store);
        assertThat(first).isNotNull();
        assertThat(first.id()).isNotNull();
        new StoreManifest(first.format(), first.madeBy(), first.openedBy(), first.parts(), null).write(store);
        assertThat(StoreManifest.read(store).id()).isNull();
        made();
        StoreId given = StoreManifest.read(store).id();
        assertThat(given).isNotNull().isNotEqualTo(first.id());
        made();
        assertThat(StoreManifest.read(store).id()).isEqualTo(given);
    }

    @Test
    void aRestoredStoreIsAnotherOneAndWhatANewerForebayWroteStays() throws IOException {
        Path store = made();
        newer(store);
        RestoredFrom from = new RestoredFrom(UUID.randomUUID(), 4711);
        String before = Files.readString(store.resolve("STORE"));
        String body = before.substring(0, before.indexOf("crc32c: ")) + "rows: in columns\n";
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(store.resolve("STORE"), body + "crc32c: %08x\n".formatted(crc.getValue()));
        StoreManifest.becomeRestored(store, from);
        StoreManifest.becomeRestored(store, from);
        StoreManifest after = StoreManifest.read(store);
        assertThat(after.format()).isEqualTo(7);
        assertThat(after.parts()).containsEntry("columns", 1);
        assertThat(after.id().restoredFrom()).isEqualTo(from);
        assertThat(Files.readString(store.resolve("STORE"))).startsWith(body).containsOnlyOnce("id: ")
                .containsOnlyOnce("restored_from: ");

        Files.writeString(store.resolve("STORE"), "damaged");
        StoreManifest.becomeRestored(store, from);
        assertThat(store.resolve("STORE")).hasContent("damaged");

        Files.delete(store.resolve("STORE"));
        StoreManifest.becomeRestored(store, from);
        StoreId given = StoreManifest.read(store).id();
        made();
        StoreManifest opened = StoreManifest.read(store);
        assertThat(opened.id()).isEqualTo(given);
        assertThat(opened.format()).isEqualTo(StoreManifest.FORMAT);
        assertThat(opened.madeBy()).isEqualTo("unknown");
    }

    @Test
    void aNewerStoreIsRefusedByEveryEntryAndNothingIsChanged() throws IOException {
        Path store = made();
        newer(store);
        Map<String, String> before = content(store);
        for (Runnable entry : List.<Runnable>of(() -> Forebay.open(store, small()),
                () -> SegmentTools.open(store))) {
            assertThatThrownBy(entry::run).isInstanceOf(ForebayException.class)
                    .hasMessageContaining("store format 7 (this one knows up to 1)")
                    .hasMessageContaining("records format 9 (this one knows up to 4)")
                    .hasMessageContaining("columns format 1 (not known to this one)")
                    .hasMessageContaining("Use Forebay 4.2.0 or newer, or restore a backup");
        }
        assertThat(content(store)).isEqualTo(before);
    }

    @Test
    void aDamagedManifestSaysHowToGoOnAndThatWorks() throws IOException {
        Path store = made();
        Path file = store.resolve("STORE");
        String text = Files.readString(file);
        for (String damaged : List.of("", "forebay", text.replace("format", "format "), text.substring(1),
                text.replace("records: 4", "records: 3"), text + "\n", text.replace("made_by", "made_bx"))) {
            if (damaged.equals(text)) {
                continue;
            }
            Files.writeString(file, damaged);
            assertThatThrownBy(() -> Forebay.open(store, small())).isInstanceOf(ForebayException.class)
                    .hasMessageContaining(file + " is damaged").hasMessageContaining("move it away");
        }
        Files.move(file, store.resolve("STORE.damaged"));
        Forebay.open(store, small()).close();
        assertThat(StoreManifest.read(store)).isNotNull();
    }

    @Test
    void migrationsRunInOrderEachOnceAndGoOnWhereTheyWereInterrupted() throws IOException {
        Path store = made();
        Path data = Files.writeString(store.resolve("data"), "a");
        List<String> ran = new ArrayList<>();
        boolean[] fails = {true};
        List<Migration> steps = new ArrayList<>(Migration.ALL);
        steps.add(new Migration(1, "b behind a", at -> {
            ran.add("b");
            Files.writeString(data, "ab");
        }));
        steps.add(new Migration(2, "c behind b", at -> {
            ran.add("c");
            assertThat(Files.readString(data)).startsWith("ab");
            Files.writeString(data, "abc");
            if (fails[0]) {
                throw new IOException("the disk is gone");
            }
        }));
        Files.delete(store.resolve("STORE"));
        assertThatThrownBy(() -> StoreUpgrade.of(store, steps).run()).isInstanceOf(ManifestException.class)
                .hasMessageContaining("from format 2 to 3 (c behind b)")
                .hasMessageContaining("the disk is gone");
        StoreManifest between = StoreManifest.read(store);
        assertThat(between).isNotNull();
        assertThat(between.format()).isEqualTo(2);
        assertThatThrownBy(() -> StoreUpgrade.of(store)).hasMessageContaining("store format 2");
        fails[0] = false;
        StoreUpgrade.of(store, steps).run();
        StoreUpgrade.of(store, steps).run();
        assertThat(ran).containsExactly("b", "c", "c");
        assertThat(Files.readString(data)).isEqualTo("abc");
        StoreManifest after = StoreManifest.read(store);
        assertThat(after).isNotNull();
        assertThat(after.format()).isEqualTo(3);
    }

    @Test
    void aHalfWrittenManifestIsNotSeen() throws IOException {
        Path store = made();
        Files.writeString(store.resolve("STORE.tmp"), "forebay-store 9");
        Forebay.open(store, small()).close();
        StoreManifest manifest = StoreManifest.read(store);
        assertThat(manifest).isNotNull();
        assertThat(manifest.format()).isEqualTo(1);
    }

    @Test
    void theListOfMigrationsHasNoGap() {
        for (int i = 0; i < Migration.ALL.size(); i++) {
            assertThat(Migration.ALL.get(i).from()).isEqualTo(i);
        }
    }
}
