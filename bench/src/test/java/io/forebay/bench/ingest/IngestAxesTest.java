package io.forebay.bench.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.bench.ingest.IngestCase.Mode;
import io.forebay.bench.load.LagTimeline.Sample;
import io.forebay.bench.load.Transport;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Distribution;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.GitCommit;
import io.forebay.bench.report.Latencies;
import io.forebay.bench.report.Machine;
import io.forebay.model.Durability;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IngestAxesTest {
    private static IngestAxes axes(List<Transport> transports, List<Durability> durabilities) {
        return new IngestAxes(transports, List.of(20), List.of(1000), List.of(384), durabilities,
                List.of(Mode.ON), List.of(1));
    }

    @Test
    void everyCombinationIsThereOnceAndTransportsAreNeighbours() {
        IngestAxes axes = new IngestAxes(List.of(Transport.JSON, Transport.BINARY), List.of(1, 20),
                List.of(100), List.of(128, 384), List.of(Durability.OS, Durability.SYNC),
                List.of(Mode.ON, Mode.OFF), List.of(1, 4));
        assertThat(axes.cases()).hasSize(64).doesNotHaveDuplicates();
        assertThat(axes.cases().get(1)).isEqualTo(axes.cases().get(0).with(Transport.BINARY));
    }

    @Test
    void figuresAreNamedByWhatVaries() {
        IngestAxes one = axes(List.of(Transport.JSON), List.of(Durability.OS));
        assertThat(one.name(one.cases().getFirst())).isEqualTo("json");
        IngestAxes two = axes(List.of(Transport.JSON, Transport.BINARY),
                List.of(Durability.OS, Durability.SYNC));
        assertThat(two.cases()).extracting(two::name).containsExactly("json_os", "binary_os", "json_sync",
                "binary_sync");
    }

    @Test
    void whatTheIssueWantsIsAtTheCasesThatItNames() {
        IngestAxes axes = axes(List.of(Transport.JSON, Transport.BASE64, Transport.BINARY),
                List.of(Durability.OS, Durability.SYNC));
        MatrixFigures figures = new MatrixFigures(axes);
        axes.cases().forEach(one -> figures.add(run(one, one.transport() == Transport.BINARY ? 900 : 300),
                1000));
        BenchResult result = new BenchResult("ingest-matrix",
                new Machine("some cpu", 2, 1 << 30, "Linux 1", "JDK 25", "ext4"), new GitCommit("0", false),
                Map.of());
        figures.addTo(result);

        assertThat(result.figures()).filteredOn(figure -> figure.reached() != null).extracting(Figure::name)
                .containsExactlyInAnyOrder("over_log_binary_os", "over_log_binary_sync",
                        "client_over_server_cpu_binary_os", "client_over_server_cpu_binary_sync",
                        "binary_over_json_os", "binary_over_json_sync", "binary_over_base64_os",
                        "binary_over_base64_sync");
        assertThat(find(result, "over_log_binary_os").atLeast()).isEqualTo(0.6);
        assertThat(find(result, "over_log_binary_sync").atLeast()).isEqualTo(0.8);
        assertThat(find(result, "binary_over_json_os").value().median()).isEqualTo(3);
        assertThat(find(result, "binary_over_json_os").reached()).isFalse();
        assertThat(find(result, "binary_over_base64_os").reached()).isTrue();
        assertThat(find(result, "client_over_server_cpu_binary_os").value().median()).isEqualTo(0.5);
    }

    private static Figure find(BenchResult result, String name) {
        return result.figures().stream().filter(figure -> figure.name().equals(name)).findFirst()
                .orElseThrow();
    }

    /** A byte a record, one second. */
    private static CaseRun run(IngestCase settings, long records) {
        return new CaseRun(1, settings, records, records, null, 0, Distribution.of(Latencies.histogram()),
                records, 1, 2, 3, new CpuMeter.Usage(1, 0.5, 1, 0), 0,
                List.of(new Sample(0.2, records, 1, 2, 0.1, 5)));
    }
}
