package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.http.ConnectionsBench;
import io.forebay.bench.http.ConnectionsSettings;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.model.Durability;
import io.forebay.model.LagPolicy;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench connections}: many that write at once, under each lag policy. */
@Command(name = "connections", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "Many connections that write small batches into one collection, under each lag policy:",
        "what is acked, how it is shared among them, and the server's memory."})
public final class ConnectionsCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--connections", split = ",", paramLabel = "N", description = "A run for each.")
    private List<Integer> connections = List.of(20, 100, 500);

    @Option(names = "--policy", split = ",", paramLabel = "POLICY",
            description = "${COMPLETION-CANDIDATES}")
    private List<LagPolicy> policies = List.of(LagPolicy.values());

    @Option(names = "--seconds", paramLabel = "S", description = "Of one run, behind a fifth as warm-up.")
    private double seconds = 20;

    @Option(names = "--batch", paramLabel = "N", description = "Records of one batch.")
    private int batch = 10;

    @Option(names = "--lag-records", paramLabel = "N", description = "Bound of the lag.")
    private long lagRecords = 20_000;

    @Option(names = "--durability", paramLabel = "LEVEL", description = "${COMPLETION-CANDIDATES}")
    private Durability durability = Durability.SYNC;

    @Override
    public Integer call() throws Exception {
        ConnectionsSettings settings = settings();
        BenchData data = common.data(1000);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("connections", workspace, data)
                    .parameter("connections", connections)
                    .parameter("policies", policies.stream().map(LagPolicy::wireName).toList())
                    .parameter("seconds", seconds).parameter("batch", batch)
                    .parameter("lagRecords", lagRecords).parameter("durability", durability.wireName());
            new ConnectionsBench(settings, workspace, data, result, common::say).measure();
            common.finish(result);
        }
        return 0;
    }

    /** What was asked, checked. */
    ConnectionsSettings settings() {
        check(connections.stream().allMatch(n -> n >= 1 && n <= 5000), "--connections", connections,
                "1 to 5000");
        check(seconds > 0, "--seconds", seconds, "above 0");
        check(batch >= 1, "--batch", batch, "at least 1");
        check(lagRecords >= 1, "--lag-records", lagRecords, "at least 1");
        return new ConnectionsSettings(connections, policies, seconds, batch, lagRecords, durability);
    }
}
