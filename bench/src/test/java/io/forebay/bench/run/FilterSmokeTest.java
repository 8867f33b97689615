package io.forebay.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.bench.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench filter} in small, without Chroma. */
class FilterSmokeTest {

    @Test
    void everyKindOfFilterIsMeasured(@TempDir Path folder) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(
                "filter", "--records", "1000", "--rounds", "1", "--no-warm-up", "--requests", "3", "--words",
                "3", "--chroma", "none", "--dir", folder.resolve("stores").toString(), "--results",
                folder.resolve("results").toString(), "--dataset",
                Path.of(System.getProperty("forebay.root"), "sample").toString());

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString()).contains("query_all_forebay", "contains_forebay", "regex_forebay",
                "contains_by_scan_forebay", "_over_query_forebay",
                "without Chroma's own server, as asked");
        assertThat(out.toString()).doesNotContain("warm-up", "over_chroma");
        assertThat(list(folder.resolve("stores"))).as("stores left behind").isEmpty();
        assertThat(list(folder.resolve("results"))).singleElement().satisfies(
                file -> assertThat(Files.readString(file)).contains("\"benchmark\" : \"filter\"",
                        "\"requests\" : 3"));
    }

    private static List<Path> list(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
