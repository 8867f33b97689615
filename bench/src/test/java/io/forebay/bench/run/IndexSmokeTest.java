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

/** Every part of {@code bench index} on every set, with a few hundred vectors. */
class IndexSmokeTest {

    @Test
    void everyPartRunsCountsAndLeavesNothingBehind(@TempDir Path folder) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(
                "index", "--rounds", "1", "--no-warm-up", "--rows", "400", "--queries", "20",
                "--search-millis", "1", "--cpp", folder.resolve("no-headers").toString(), "--dir",
                folder.resolve("stores").toString(), "--results", folder.resolve("results").toString(),
                "--dataset", Path.of(System.getProperty("forebay.root"), "sample").toString());

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString()).contains("without C++ hnswlib", "build_real384_native_over_core",
                "build_low128_native_batches_over_core",
                "build_clustered768_native_2_threads_over_native_1_thread",
                "build_real384_native_recall_minus_core", "search_low128_at_95_native_over_core",
                "search_real384_native_threads_2_over_native_threads_1",
                "filter_real384_random_0.01_recall", "filter_clustered768_inside_0.1_over_unfiltered_inside",
                "filter_low128_one_record_over_unfiltered", "churn_real384_churned_recall_minus_fresh",
                "churn_low128_disk_churned_over_fresh", "restart_real384_ready_over_build",
                "memory_real384_all_over_vector", "kernel_1536_l2_by_4");
        assertThat(out.toString()).doesNotContain("_over_cpp");
        assertThat(list(folder.resolve("stores"))).as("stores left behind").isEmpty();
        assertThat(list(folder.resolve("results"))).singleElement().satisfies(file -> assertThat(
                Files.readString(file)).contains("\"rows\" : 400", "\"benchmark\" : \"index\"",
                        "\"engine\" : \"NATIVE\""));
    }

    private static List<Path> list(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
