package io.forebay.bench.run;

import io.forebay.bench.load.AckLog;
import io.forebay.bench.load.ServerCounters;
import io.forebay.bench.load.ServerProcess;
import io.forebay.bench.report.ThreadCpu;
import java.io.IOException;
import java.net.URI;
import java.util.Map;

/**
 * What a load made the server do, from its own counters and the kernel's account of its threads.
 *
 * @param threadSeconds   CPU time of the server's threads, by purpose
 * @param syncs           syncs of the log that returned
 * @param syncSeconds     time in them: one thread syncs, so at most the time of the load
 * @param ackedBytes      of batches, as they are in the log
 * @param ackMillis       mean time of a batch as the client saw it
 * @param ackEngineMillis mean time of it between the end of decoding and the answer: log, syncs, waiting for them
 */
record IngestCost(Map<ThreadCpu.Group, Double> threadSeconds, long syncs, double syncSeconds,
        double ackedBytes, double ackMillis, double ackEngineMillis) {

    static Meter start(ServerProcess server) throws IOException {
        return new Meter(server.address(), ServerCounters.of(server.address()),
                ThreadCpu.start(server.handle()));
    }

    /** One measurement that has begun. */
    record Meter(URI server, ServerCounters before, ThreadCpu threads) {
        IngestCost stop(AckLog acks) throws IOException {
            Map<ThreadCpu.Group, Double> threadSeconds = threads.stop();
            ServerCounters now = ServerCounters.of(server);
            return new IngestCost(threadSeconds, (long) now.since(before, "forebay_log_syncs_total"),
                    now.since(before, "forebay_log_sync_seconds_total"),
                    now.since(before, "forebay_acked_bytes_total"), acks.meanMillis(),
                    1e3 * now.since(before, "forebay_ack_seconds_sum")
                            / now.since(before, "forebay_ack_seconds_count"));
        }
    }
}
