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

/** The whole way of a benchmark that needs no server: real engine, real records, tiny. */
class ApplySmokeTest {

    @Test
    void appliesCountsAndWritesItsResult(@TempDir Path folder) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(
                "apply",
                "--records", "600", "--batch", "100", "--rounds", "2", "--warmup", "0", "--dir",
                folder.resolve("stores").toString(), "--results", folder.resolve("results").toString(),
                "--dataset",
                Path.of(System.getProperty("forebay.root"), "sample").toString());

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString()).contains("round 2", "apply_vectors_per_cpu", "apply_records_over_vectors");
        assertThat(list(folder.resolve("stores"))).as("stores left behind").isEmpty();
        assertThat(list(folder.resolve("results"))).singleElement().satisfies(file -> assertThat(
                Files.readString(file))
                .contains("\"records\" : 600", "\"apply_records_per_wall\"", "\"name\" : \"peps-4501\""));
    }

    private static List<Path> list(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
