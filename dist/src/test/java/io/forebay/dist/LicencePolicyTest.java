package io.forebay.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A library is taken under the licence that is preferred, and not at all under an unknown one. */
class LicencePolicyTest {
    @TempDir
    Path folder;
    private final List<String> faults = new ArrayList<>();
    private LicencePolicy policy;

    @BeforeEach
    void read() throws IOException {
        policy = LicencePolicy.read(Files.writeString(folder.resolve("policy.txt"),
                "# comment\nApache-2.0\nMIT\n\nGo License = MIT\norg.looked:at => Apache-2.0\n"));
    }

    private String choose(String group, String... licences) {
        return policy.choose(new Bom.Component(group, "at", "1", List.of(licences)), faults);
    }

    @Test
    void theFirstOfTheListThatIsOfferedIsTaken() {
        assertThat(choose("a", "GPL-2.0-only", "MIT", "Apache-2.0")).isEqualTo("Apache-2.0");
        assertThat(choose("a", "Go License")).isEqualTo("MIT");
        assertThat(choose("org.looked")).isEqualTo("Apache-2.0");
        assertThat(faults).isEmpty();
    }

    @Test
    void whatIsNotInTheListIsAFaultThatNamesIt() {
        choose("org.bad", "AGPL-3.0-only");
        choose("org.silent");
        assertThat(faults).containsExactly("org.bad:at:1 is under [AGPL-3.0-only]", "org.silent:at:1 is under []");
    }

    @Test
    void theSbomIsReadWithItsLicencesHoweverTheyAreWritten() throws IOException {
        Path bom = Files.writeString(folder.resolve("bom.json"), """
                {"bomFormat":"CycloneDX","metadata":{"component":{"name":"self","licenses":[{"license":{"id":"X"}}]}},
                 "components":[
                  {"group":"g","name":"a","version":"1","licenses":[{"license":{"id":"MIT","url":"u","text":{"content":"c"}}},
                    {"license":{"name":"Go License"}}],"hashes":[{"alg":"MD5","content":"0"}]},
                  {"name":"b","version":"2","licenses":[{"expression":"EPL-2.0 OR MIT"}]},
                  {"group":"g","name":"c","version":"3"}],
                 "dependencies":[{"ref":"r","dependsOn":[]}]}
                """);
        assertThat(Bom.read(bom)).containsExactly(new Bom.Component("g", "a", "1", List.of("MIT", "Go License")),
                new Bom.Component("", "b", "2", List.of("EPL-2.0", "MIT")), new Bom.Component("g", "c", "3", List.of()));
    }
}
