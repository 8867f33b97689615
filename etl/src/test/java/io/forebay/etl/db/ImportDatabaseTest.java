package io.forebay.etl.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.ForebayException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportDatabaseTest {
    @TempDir
    Path directory;

    private ImportDatabase open() {
        return ImportDatabase.open(directory, 1 << 20);
    }

    @Test
    void aFormatThatAKillLeftEmptyIsWrittenAnewIfThereIsNoDatabase() throws Exception {
        Path format = Files.createFile(directory.resolve("FORMAT"));
        Files.writeString(directory.resolve("FORMAT.tmp"), "forebay-imp");
        open().close();
        assertThat(format).hasContent("forebay-imports 1\n");
        assertThat(directory.resolve("FORMAT.tmp")).doesNotExist();
        Files.writeString(format, "");
        assertThatThrownBy(this::open).isInstanceOf(ForebayException.class).hasMessageContaining("says []");
    }

    @Test
    void nothingIsFoundForNoKeys() {
        try (ImportDatabase db = open()) {
            db.put(Family.ROWS, new byte[]{1}, new byte[]{2}, false);
            assertThat(db.getAll(Family.ROWS, List.of())).isEmpty();
            assertThat(db.getAll(Family.ROWS, List.of(new byte[]{1}, new byte[]{3})))
                    .containsExactly(new byte[]{2}, null);
        }
    }
}
