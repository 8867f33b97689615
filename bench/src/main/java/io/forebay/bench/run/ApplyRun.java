package io.forebay.bench.run;

import io.forebay.bench.load.Payload;
import io.forebay.bench.report.CpuMeter;

/**
 * One store, loaded until everything is applied, and closed.
 *
 * @param wallSeconds    from the first write until all is applied
 * @param applySeconds   CPU time of the indexer thread, linking excluded
 * @param linkSeconds    what it spent on linking in the meantime
 * @param linked         and how many records that linked
 * @param appendSeconds  CPU time of the thread that wrote
 * @param processSeconds CPU time of the whole process until the store was closed: with checkpoint, RocksDB's
 *                       own threads, compiler and collector
 */
record ApplyRun(int round, Payload payload, long records, double wallSeconds, double applySeconds,
        double linkSeconds, long linked, double appendSeconds, double processSeconds, CpuMeter.Usage cpu) {

    double recordsPerCpuSecond() {
        return records / applySeconds;
    }

    double recordsPerWallSecond() {
        return records / wallSeconds;
    }

    /** Everything but appending and linking, so with all that applying causes elsewhere. */
    double recordsPerProcessCpuSecond() {
        return records / (processSeconds - appendSeconds - linkSeconds);
    }
}
