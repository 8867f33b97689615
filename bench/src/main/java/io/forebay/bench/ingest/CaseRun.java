package io.forebay.bench.ingest;

import io.forebay.bench.load.LagTimeline.Sample;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Distribution;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One server, started, warmed up, loaded, and waited for until all was linked.
 *
 * @param ackedPerSecond records over the time from the first call to the last answer
 * @param wantedPerSecond records/s of the schedule of an open loop; null for a closed one
 * @param unsent         batches of the schedule that were given up
 * @param ack            of a batch: from the call, in an open loop from when it was due, to the answer
 * @param ackedBytes     of batches, as they are in the log
 * @param linkedSeconds  from the first call until all was linked
 * @param loadCpu        who used the processors during the load
 * @param timeline       of the load and of the linking behind it
 */
public record CaseRun(int round, IngestCase settings, long records, double ackedPerSecond,
        @Nullable Double wantedPerSecond, long unsent, Distribution ack, double ackedBytes,
        double loadSeconds, double linkedSeconds, long syncs, CpuMeter.Usage loadCpu,
        long serverResidentBytesPeak, List<Sample> timeline) {

    double bytesPerSecond() {
        return ackedBytes / loadSeconds;
    }

    double linkedPerSecond() {
        return records / linkedSeconds;
    }

    double clientMicrosPerRecord() {
        return 1e6 * loadCpu.ownSeconds() / records;
    }

    double serverMicrosPerRecord() {
        return 1e6 * loadCpu.serverSeconds() / records;
    }
}
