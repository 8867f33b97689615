package io.forebay.bench.ingest;

import io.forebay.bench.load.Payload;
import io.forebay.bench.load.Schedule.Arrivals;
import io.forebay.index.vector.IndexEngine;
import org.jspecify.annotations.Nullable;

/**
 * What all cases have in common.
 *
 * @param recordsOff    with batch ingest off
 * @param rate          records/s of an open loop; null for a closed one
 * @param seconds       of the open loop
 * @param warmupRecords written and linked on each server before the clock starts
 */
public record MatrixSettings(IngestAxes axes, IndexEngine engine, Payload payload, long records,
        long recordsOff, @Nullable Double rate, Arrivals arrivals, double seconds, int rounds,
        int warmupRecords, boolean warmClient) {}
