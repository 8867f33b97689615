package io.forebay.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.bench.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every part of {@code bench http}, in small, without Chroma. */
class HttpSmokeTest {

    @Test
    @Tag("long")
    void everyPartRunsAndSaysThatChromaIsMissing(@TempDir Path folder) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(
                "http", "--part", "decode,encode,query,add", "--rounds", "1", "--no-warm-up",
                "--codec-millis", "1",
                "--records", "1000", "--queries", "20", "--clients", "3", "--seconds", "0.05", "--batches",
                "300,100000", "--add-records", "600", "--chroma", "none", "--dir",
                folder.resolve("stores").toString(), "--results", folder.resolve("results").toString(),
                "--dataset", Path.of(System.getProperty("forebay.root"), "sample").toString());

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString()).contains("decode_doubles ", "decode_floats_over_jackson",
                "decode_base64_garbage",
                "encode_over_copy", "recall_forebay", "queries_1_forebay", "query_p99_3_forebay",
                "acked_300_by_1",
                "add_memory_300_by_8",
                "without Chroma's own server, as asked");
        assertThat(out.toString()).doesNotContain("over_chroma");
        assertThat(list(folder.resolve("stores"))).as("stores left behind").isEmpty();
        assertThat(list(folder.resolve("results"))).singleElement().satisfies(
                file -> assertThat(Files.readString(file)).contains("\"benchmark\" : \"http\"",
                        "\"queries\" : 20"));
    }

    private static List<Path> list(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
