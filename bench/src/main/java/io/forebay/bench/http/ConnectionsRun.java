package io.forebay.bench.http;

import io.forebay.bench.report.Latencies;

/**
 * One run of {@link ConnectionsBench}. Shares are batches acked of one connection.
 *
 * @param ack                 from sending a batch to its ack, tries that were refused not included
 * @param refused             answers 429
 * @param indexLagRecords     at the end
 * @param residentBytesBefore of the server, after the warm-up
 * @param residentBytesAfter  of the server, when the last answer had come
 */
public record ConnectionsRun(String policy, int connections, double recordsPerSecond, long shareMin,
        double shareMedian, long shareMax, Latencies ack, long refused, long indexLagRecords,
        long residentBytesBefore, long residentBytesAfter) {}
