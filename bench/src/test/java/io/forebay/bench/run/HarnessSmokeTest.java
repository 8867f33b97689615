package io.forebay.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks of the harness, in small, each with real servers. */
class HarnessSmokeTest {

    @Test
    @Tag("long")
    void theMatrixHasEveryCaseAndItsTimeline(@TempDir Path folder) throws Exception {
        BenchRun run = BenchRun.of(folder, "ingest", "--matrix", "--transport", "base64,binary", "--records",
                "400", "--batch", "100", "--clients", "3", "--dimension", "24", "--collections", "2",
                "--rounds", "1", "--warmup", "100", "--no-warm-up", "--durability", "os");

        assertThat(run.out()).contains("acked_base64", "over_log_binary", "binary_over_base64",
                "client_over_server_cpu_binary");
        assertThat(run.json()).contains("\"benchmark\" : \"ingest-matrix\"", "\"dimension\" : 24",
                "\"collections\" : 2", "\"indexLagRecords\"", "\"kind\" : \"timeline\"",
                "\"kind\" : \"latency\"", "\"histogram\"", "\"sha256\"", "\"options\"");
    }

    @Test
    @Tag("long")
    void theMatrixKeepsToARate(@TempDir Path folder) throws Exception {
        BenchRun run = BenchRun.of(folder, "ingest", "--matrix", "--rate", "300", "--seconds", "1", "--batch",
                "50", "--clients", "2", "--rounds", "1", "--warmup", "0", "--no-warm-up", "--arrivals",
                "poisson");

        assertThat(run.json()).contains("\"wantedPerSecond\" : 300.0", "\"records\" : 300",
                "\"arrivals\" : \"poisson\"");
    }

    @Test
    void theCurveHasAPointForEachWidthStillAndWhileRecordsComeIn(@TempDir Path folder) throws Exception {
        BenchRun run = BenchRun.of(folder, "query", "--curve", "--records", "400", "--queries", "10",
                "--seconds", "0.1", "--rounds", "1", "--ef", "20,100", "--clients", "2", "--rate", "50",
                "--write-rate", "500", "--write-batch", "20");

        assertThat(run.out()).contains("recall_in_process_20", "recall_http_100", "allocated_http_100",
                "queries_n_at_95_http", "queries_n_binary_over_http_100", "allocated_binary_20",
                "open_p99_50_per_s_in_process_20", "recall_during_http_20",
                "written_during_in_process");
        assertThat(run.json()).contains("\"benchmark\" : \"query-curve\"", "\"kind\" : \"recall\"",
                "\"writing\" : true");
    }

    @Test
    @Tag("long")
    void startsAreTimedAfterAStopAndAKillWithAllRecords(@TempDir Path folder) throws Exception {
        BenchRun run = BenchRun.of(folder, "restart", "--records", "100", "--unlinked", "150", "--rounds",
                "1");

        assertThat(run.out()).contains("first_answer_term_100", "ready_kill_100", "first_query_kill_100",
                "unlinked_kill_100");
        assertThat(run.json()).contains("\"kind\" : \"sizes\"", "\"end\" : \"kill\"");
    }

    @Test
    void aSoakWithAKillFindsNothingWrong(@TempDir Path folder) throws Exception {
        BenchRun run = BenchRun.of(folder, "soak", "--seconds", "3", "--kill-every", "1", "--clients", "3",
                "--ids", "60", "--batch", "10");

        assertThat(run.out()).containsPattern("violations +0.000").containsPattern("failures +0.000")
                .contains("acked_records", "get_p99");
        assertThat(run.json()).contains("\"benchmark\" : \"soak\"");
    }

    @Test
    void importsAreTimedAndWeighedAndTheSecondEmbedsNothing(@TempDir Path folder) throws Exception {
        BenchRun run = BenchRun.of(folder, "import", "--part", "peps,size,again", "--records", "20",
                "--sample",
                "10", "--sizes", "1", "--no-stream", "0");

        assertThat(run.out()).contains("peps_local_searchable", "peps_vectors_linked", "size_1_mb_peak")
                .containsPattern("again_embedded +0.000");
        assertThat(run.json()).contains("\"benchmark\" : \"import\"", "\"privatePeakBytes\"",
                "\"name\" : \"peps_local\"", "\"embedSeconds\"");
    }

    @Test
    @Tag("long")
    void importsAtOnceAndOfWholeFilesAreCompared(@TempDir Path folder) throws Exception {
        BenchRun run = BenchRun.of(folder, "import", "--part", "parallel,size", "--sample", "10", "--sizes",
                "1",
                "--no-stream", "1", "--call-millis", "5");

        assertThat(run.out()).contains("no_stream_1_mb_over_streamed", "cpu_at_once_over_1_worker",
                "latency_at_once_over_one_by_one");
    }
}
