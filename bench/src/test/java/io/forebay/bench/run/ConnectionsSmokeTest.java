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

/** {@code bench connections} in small. */
class ConnectionsSmokeTest {

    @Test
    void sharesAcksAndRefusalsAreMeasured(@TempDir Path folder) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(
                "connections", "--connections", "3", "--policy", "reject", "--seconds", "0.5", "--batch", "5",
                "--lag-records", "100", "--dir", folder.resolve("stores").toString(), "--results",
                folder.resolve("results").toString(), "--dataset",
                Path.of(System.getProperty("forebay.root"), "sample").toString());

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString()).contains("reject, 3 connections:", "acked_reject_3",
                "share_min_over_median_reject_3", "ack_p99_reject_3");
        assertThat(list(folder.resolve("stores"))).as("stores left behind").isEmpty();
        assertThat(list(folder.resolve("results"))).singleElement().satisfies(
                file -> assertThat(Files.readString(file)).contains("\"benchmark\" : \"connections\"",
                        "\"residentBytesBefore\" : ", "\"lagRecords\" : 100"));
    }

    private static List<Path> list(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
