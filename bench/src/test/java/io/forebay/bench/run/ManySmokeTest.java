package io.forebay.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks of many collections, in small, each with real servers. */
@Tag("long")
class ManySmokeTest {

    @Test
    void uploadsAreComparedInEveryWay(@TempDir Path folder) throws Exception {
        BenchRun run = BenchRun.of(folder, "parallel-upload", "--part", "linked,acks", "--uploads", "3x2,2x2",
                "--records", "60", "--batch", "7", "--ack-batches", "12", "--rounds", "1", "--no-warm-up");

        assertThat(run.out()).contains("linked_3x2_speed_up", "linked_3x2_efficiency",
                "linked_2x2_at_once_over_one_collection", "linked_3x2_at_once_over_one_indexer",
                "linked_2x2_speed_up_possible", "acks_3x2_speed_up", "acks_2x2_one_by_one_syncs",
                "acks_3x2_at_once_per_sync");
        assertThat(run.out()).doesNotContain("acks_3x2_one_indexer", "slow_acks_", "warm-up");
        // 3 uploads of 2 batches of 7; 2 of 4
        assertThat(run.json()).contains("\"records\" : 42", "\"records\" : 56",
                "\"benchmark\" : \"parallel-upload\"");
    }

    @Test
    void smallCollectionsAreWrittenDuringABacklog(@TempDir Path folder) throws Exception {
        BenchRun run = BenchRun.of(folder, "fairness", "--backlog", "2000", "--backlogged", "2", "--small",
                "10",
                "--idle", "2", "--clients", "4", "--rounds", "1", "--no-warm-up", "--batch", "500");

        assertThat(run.out()).contains("linked_max_idle", "linked_max_backlog_2", "ack_p50_backlog_2",
                "backlog_records_backlog_2", "drained_backlog_2");
        assertThat(run.json()).contains("\"benchmark\" : \"fairness\"", "\"backlogged\" : 2");
    }

    @Test
    void collectionsSurviveAStopAndAKillWithAllTheirRecords(@TempDir Path folder) throws Exception {
        BenchRun run = BenchRun.of(folder, "collections", "--collections", "12", "--writes", "30",
                "--clients",
                "3", "--rounds", "1", "--no-warm-up", "--idle-seconds", "0.1");

        assertThat(run.out()).contains("start_killed", "counted_killed", "ack_p99_over_one", "idle_cpu_one",
                "open_files_one", "mappings_started", "private_per_collection");
        assertThat(run.json()).contains("\"benchmark\" : \"collections\"", "\"collections\" : 12");
    }
}
