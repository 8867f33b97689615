package io.forebay.etl;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.OnDuplicate;
import io.forebay.model.Finding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check says of jobs and commits: whole, and damaged on purpose. */
class ImportCheckTest {
    @TempDir
    static Path whole;
    @TempDir
    Path store;
    private final List<Finding> found = new ArrayList<>();

    @BeforeAll
    static void make() {
        try (ImportStore imports = new ImportStore(whole, ImportStore.options(16, 0))) {
            imports.completed(imports.submit(ImportStore.lines(0, 60, "text ") + "{\"id\":\n"));
            imports.completed(imports.submit(ImportStore.lines(40, 90, "other "), OnDuplicate.UPDATE));
            Job last = imports
                    .completed(imports.submit(ImportStore.lines(80, 100, "third "), OnDuplicate.UPDATE));
            assertThat(last.commit()).isNotNull();
        }
    }

    @BeforeEach
    void copy() throws IOException {
        Path to = Files.createDirectories(store.resolve("imports/db"));
        try (Stream<Path> files = Files.list(whole.resolve("imports/db"))) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private List<Finding> damages() {
        found.clear();
        ImportCheck.run(store, found::add);
        return found.stream().filter(Finding::isDamage).toList();
    }

    private interface Harm {
        void to(ImportDatabase db);
    }

    private void harm(Harm harm) {
        try (ImportDatabase db = ImportDatabase.open(store.resolve("imports/db"), 1 << 20)) {
            harm.to(db);
        }
    }

    private static byte[] value(ImportDatabase db, Family family, int place, byte[][] key) {
        byte[][] value = new byte[1][];
        int[] at = {0};
        db.walk(family, (k, v) -> {
            if (at[0]++ == place) {
                key[0] = k;
                value[0] = v;
            }
        });
        return value[0];
    }

    private static Map<String, Integer> content(Path root) throws Exception {
        Map<String, Integer> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.put(file.toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return all;
    }

    @Test
    void aWholeDatabaseIsFineAndNothingIsWritten() throws Exception {
        Map<String, Integer> before = content(store);
        assertThat(damages()).isEmpty();
        assertThat(content(store)).isEqualTo(before);
    }

    @Test
    void aRowOfTheHistoryThatIsAnotherIsFoundByItsHash() {
        byte[][] key = new byte[1][];
        harm(db -> {
            byte[] row = value(db, Family.ROWS, 7, key);
            row[row.length - 1] ^= 1;
            db.put(Family.ROWS, key[0], row, true);
        });
        assertThat(damages()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("history-row");
            assertThat(finding.where()).startsWith("row ");
        });
    }

    @Test
    void aRowThatATreeNamesAndIsNotThereIsFoundWithItsId() {
        byte[][] key = new byte[1][];
        harm(db -> {
            byte[] version = value(db, Family.TREES, 3, key);
            version[1] ^= 1;
            db.put(Family.TREES, key[0], version, true);
        });
        assertThat(damages()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("history-row");
            assertThat(finding.id()).startsWith("d");
        });
    }

    @Test
    void aCommitWithAnotherMessageHasAWrongId() {
        byte[][] key = new byte[1][];
        harm(db -> db.walk(Family.COMMITS, (k, v) -> {
            if (k.length == 25 && k[16] == 'C' && ByteBuffer.wrap(k).getLong(17) == 2) {
                String text = new String(v, StandardCharsets.ISO_8859_1);
                key[0] = text.replace("a message", "A message").getBytes(StandardCharsets.ISO_8859_1);
                db.put(Family.COMMITS, k, key[0], true);
            }
        }));
        assertThat(key[0]).isNotNull();
        assertThat(damages()).singleElement().extracting(Finding::what).asString()
                .isEqualTo("the id of commit 2 is not what its content hashes to");
    }

    @Test
    void aJobThatCannotBeReadIsNamed() {
        byte[][] key = new byte[1][];
        harm(db -> db.put(Family.JOBS, keyOf(db, key), new byte[]{9}, true));
        assertThat(damages()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("job");
            assertThat(finding.where()).startsWith("job 0");
            assertThat(finding.what()).contains("damaged or newer");
        });
    }

    private static byte[] keyOf(ImportDatabase db, byte[][] key) {
        value(db, Family.JOBS, 0, key);
        return key[0];
    }

    @Test
    void aDatabaseThatCannotBeOpenedIsDamage() throws Exception {
        Files.writeString(store.resolve("imports/db/FORMAT"), "forebay-imports 7\n");
        assertThat(damages()).singleElement().extracting(Finding::what).asString()
                .contains("this Forebay knows forebay-imports 1");
    }
}
