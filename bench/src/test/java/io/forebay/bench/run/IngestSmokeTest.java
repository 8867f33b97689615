package io.forebay.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench ingest} in small, with the reference engine. */
class IngestSmokeTest {

    @Test
    void ratiosBoundsAndTheEngineAreInTheResult(@TempDir Path folder) throws Exception {
        BenchRun run = BenchRun.of(folder, "ingest", "--engine", "hnswlib", "--records", "600",
                "--records-off", "300", "--batch", "100", "--clients", "4", "--rounds", "1", "--warmup", "0");

        assertThat(run.out()).contains("acked_on_over_off", ">= 5", "acked_over_linked_on",
                "bound_cpu_client", "bound_cpu_netty_io", "bound_cpu_indexers", "bound_disk_syncs",
                "bound_log_alone", "bound of acked_on: of all cores, ");
        assertThat(run.json()).contains("\"engine\" : \"HNSWLIB\"", "\"syncSeconds\"", "\"netty_io\"");
    }
}
