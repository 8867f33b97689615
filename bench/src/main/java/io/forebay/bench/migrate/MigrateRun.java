package io.forebay.bench.migrate;

/**
 * One reading of the whole collection.
 *
 * @param source   chroma, forebay_http or forebay_binary
 * @param cpus     shared: both servers and the migration on all processors; apart: the source on one of its own
 * @param what     deliver: what comes is thrown away; migrate: until its last record is acknowledged by the target
 */
public record MigrateRun(String source, String cpus, String what, int round, double seconds,
        double recordsPerSecond) {}
