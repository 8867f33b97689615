package io.forebay.etl.pipeline;

import io.forebay.etl.job.LiveJob;
import io.forebay.etl.source.Fetch;
import java.util.concurrent.TimeUnit;

/** Shows how far a fetch is, now and then. One thread. */
final class FetchTold implements Fetch.Progress {
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final LiveJob job;
    private long toldNanos = System.nanoTime() - EVERY_NANOS;

    FetchTold(LiveJob job) {
        this.job = job;
    }

    @Override
    public void fetched(long bytes, long bytesTotal) {
        long now = System.nanoTime();
        if (now - toldNanos >= EVERY_NANOS) {
            toldNanos = now;
            job.update(status -> {
                status.bytesProcessed = bytes;
                status.bytesTotal = bytesTotal;
            });
        }
    }
}
