package io.forebay.bench.wal;

import io.forebay.bench.report.Latencies;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/**
 * The limit of durability {@code sync}: one thread writes the same bytes in order into a zero-filled file and syncs it as
 * often as the log did, at even distances. No checksum, no header, nobody who waits. Latencies are those of the syncs alone.
 */
final class RawSync {

    private RawSync() {}

    static RunTimes run(Path file, Batches batches, int count, long syncs) throws IOException {
        if (syncs < 1) {
            throw new IllegalArgumentException(syncs + " syncs of " + count + " batches");
        }
        int bytes = batches.shape().bytes;
        Histogram times = Latencies.histogram();
        try (FileChannel channel = ZeroFile.make(file, (long) count * bytes)) {
            long begin = System.nanoTime();
            int number = 0;
            for (long sync = 1; sync <= syncs; sync++) {
                for (int end = groupEnd(count, sync, syncs); number < end; number++) {
                    ZeroFile.write(channel, batches.payload(number).duplicate(), (long) number * bytes);
                }
                long called = System.nanoTime();
                channel.force(false);
                Latencies.record(times, System.nanoTime() - called);
            }
            return new RunTimes(System.nanoTime() - begin, Latencies.of(times));
        }
    }

    /** How many batches the first so many of all syncs cover. */
    static int groupEnd(int count, long sync, long syncs) {
        return (int) (count * sync / syncs);
    }
}
