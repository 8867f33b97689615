package io.forebay.bench.wal;

import io.forebay.bench.report.Latencies;
import org.jspecify.annotations.Nullable;

/**
 * One repetition of one side.
 *
 * @param measurement what is compared, such as {@code os_burst_128}
 * @param side        who did it: an implementation of the log, {@code raw}, a peer
 * @param bytes       of payload
 * @param syncs       that the disk was asked for; 0 where nobody asked, -1 where it is not known
 * @param latencies   acks, or the raw syncs; null where single ones are not timed
 * @param allocated   bytes of heap that the writing thread allocated per batch; NaN where not counted
 */
record WalRun(int round, String measurement, String side, long batches, long bytes, double seconds,
        long syncs,
        @Nullable Latencies latencies, double allocated) {

    WalRun {
        if (batches < 1 || bytes < 1 || !(seconds > 0)) {
            throw new IllegalArgumentException(
                    batches + " batches of " + bytes + " bytes in " + seconds + " s make no rate");
        }
    }

    static WalRun of(int round, String measurement, String side, long batches, long bytes, long nanos) {
        return new WalRun(round, measurement, side, batches, bytes, nanos / 1e9, 0, null, Double.NaN);
    }

    WalRun withSyncs(long count, Latencies times) {
        return new WalRun(round, measurement, side, batches, bytes, seconds, count, times, allocated);
    }

    WalRun withAllocated(double bytesPerBatch) {
        return new WalRun(round, measurement, side, batches, bytes, seconds, syncs, latencies, bytesPerBatch);
    }

    double megabytesPerSecond() {
        return bytes / seconds / 1e6;
    }

    double gigabytesPerSecond() {
        return bytes / seconds / 1e9;
    }

    double batchesPerSecond() {
        return batches / seconds;
    }

    double p99Millis() {
        return latencies == null ? Double.NaN : latencies.p99Millis();
    }

    double p50Millis() {
        return latencies == null ? Double.NaN : latencies.p50Millis();
    }
}
