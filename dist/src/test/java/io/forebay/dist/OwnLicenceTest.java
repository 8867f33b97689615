package io.forebay.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnLicenceTest {
    @TempDir
    Path root;

    @BeforeEach
    void noLicenceIsChosen() throws IOException {
        Path licences = Files.createDirectories(root.resolve("dist/src/main/licenses"));
        Files.writeString(licences.resolve("no-licence.txt"), "None.\n\nAsk.\n");
    }

    @Test
    void aPackageSaysThatNoneIsChosen() throws IOException {
        assertThat(OwnLicence.text(root)).isEqualTo("None.\n\nAsk.\n");
        assertThat(OwnLicence.debian(root)).isEqualTo("None.\n .\n Ask.");
    }

    @Test
    void theOneThatIsChosenTakesItsPlace() throws IOException {
        Files.writeString(root.resolve("LICENSE"), "Some licence\n  \n  with a title\n\n\nand an end\n");
        assertThat(OwnLicence.text(root)).startsWith("Some licence");
        assertThat(OwnLicence.debian(root))
                .isEqualTo("Some licence\n .\n   with a title\n .\n .\n and an end");
    }
}
