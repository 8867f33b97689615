package io.forebay.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchResultTest {
    private static final Machine MACHINE = new Machine("some cpu", 2, 1 << 30, "Linux 1", "JDK 25", "ext4");
    private static final GitCommit COMMIT = new GitCommit("0123456789abcdef", false);

    private static BenchResult result() {
        return new BenchResult("ingest", MACHINE, COMMIT, Map.of("name", "peps"))
                .parameter("clients", 20)
                .figure(Figure.of("ratio", "on / off", "x", Summary.of(6, 7, 8)).wanting(5))
                .figure(Figure.of("low", "a / b", "x", Summary.of(1, 2, 3)).wanting(2.5))
                .figure(Figure.of("plain", "c", "ms", Summary.of(4)))
                .run(Map.of("round", 1))
                .note("a caveat");
    }

    @Test
    void jsonSaysWhatWasWantedAndWhetherItWasReached() {
        String json = result().toJson().replaceAll("\\s+", "");
        assertThat(json).contains("\"formatVersion\":2", "\"jvm\":{\"version\":\"", "\"plots\":[]",
                "\"benchmark\":\"ingest\"", "\"cores\":2",
                "\"id\":\"0123456789abcdef\",\"changed\":false", "\"clients\":20",
                "\"median\":7.0,\"min\":6.0,\"max\":8.0,\"count\":3,\"firstQuartile\":6.5,\"thirdQuartile\":7.5},\"atLeast\":5.0,\"atMost\":null,\"reached\":true",
                "\"median\":2.0,\"min\":1.0,\"max\":3.0,\"count\":3,\"firstQuartile\":1.5,\"thirdQuartile\":2.5},\"atLeast\":2.5,\"atMost\":null,\"reached\":false",
                "\"atLeast\":null,\"atMost\":null,\"reached\":null", "\"runs\":[{\"round\":1}]",
                "\"notes\":[\"acaveat\"]");
    }

    @Test
    void theTableNamesWhatWasMissed() {
        StringWriter text = new StringWriter();
        result().print(new PrintWriter(text));
        assertThat(text.toString().lines().filter(line -> line.startsWith("ratio"))).singleElement()
                .asString()
                .contains("reached >= 5");
        assertThat(text.toString().lines().filter(line -> line.startsWith("low"))).singleElement().asString()
                .contains("MISSED >= 2.5");
        assertThat(text.toString()).contains("a caveat", "01234567");
    }

    @Test
    void theFileIsNamedAfterBenchmarkAndCommit(@TempDir Path folder) throws Exception {
        Path file = result().write(folder.resolve("new"));
        assertThat(file.getFileName().toString()).matches("ingest-\\d{8}-\\d{6}-01234567\\.json");
        assertThat(Files.readString(file)).contains("\"benchmark\" : \"ingest\"");
    }

    @Test
    void aTreeWithChangesIsNotTheCommit() {
        assertThat(new GitCommit("0123456789abcdef", true).shortId()).isEqualTo("01234567-changed");
    }
}
