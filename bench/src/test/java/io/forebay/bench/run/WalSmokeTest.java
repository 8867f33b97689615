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

/** Every part of {@code bench wal}, as small as the log allows. */
class WalSmokeTest {

    @Test
    void everyPartRunsCountsAndLeavesNothingBehind(@TempDir Path folder) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute("wal",
                "--implementation", "chronicle", "--rounds", "1", "--no-warm-up", "--extent-mb", "32",
                "--sustained-mb", "5",
                "--read-mb", "5", "--small-batches", "64", "--dir", folder.resolve("stores").toString(),
                "--results", folder.resolve("results").toString(), "--dataset",
                Path.of(System.getProperty("forebay.root"), "sample").toString());

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString()).contains("os_burst_128_chronicle_over_raw",
                "os_sustained_768_chronicle_over_raw", "sync_768_chronicle_raw_p99_over_ack_p99",
                "small_8k_chronicle_per_sync", "peers_128_chronicle_over_rocksdb",
                "peers_8k_chronicle_over_sqlite_grouped", "read_chronicle", "recovery_chronicle");
        assertThat(list(folder.resolve("stores"))).as("stores left behind").isEmpty();
        assertThat(list(folder.resolve("results"))).singleElement().satisfies(file -> assertThat(
                Files.readString(file)).contains("\"extentMb\" : 32", "\"benchmark\" : \"wal\""));
    }

    private static List<Path> list(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
