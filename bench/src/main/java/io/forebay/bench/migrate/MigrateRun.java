package io.forebay.bench.migrate;

/**
 * One reading of the whole collection.
 *
 * @param source   chroma, forebay_http or forebay_binary
 * @param cpus     shared: both servers and the migration on all processors; apart: the source on one of its own
 * @param what     deliver: what comes is thrown away; migrate: until its last record is acknowledged by the target
 * @param sourceMicros CPU time of the source for a record; ownMicros of this process, which migrates; targetMicros of the
 *     target with its indexers
 * @param othersShare  of all processors, what none of them used
 */
public record MigrateRun(String source, String cpus, String what, int round, double seconds,
        double recordsPerSecond, double sourceMicros, double ownMicros, double targetMicros,
        double othersShare) {

    double micros() {
        return sourceMicros + ownMicros + targetMicros;
    }
}
