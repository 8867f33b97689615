package io.forebay.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Watches a job to its end, and until what it loaded is in the index: by server-sent events, again after a cut, and by
 * asking once a second where events do not come (too many followers, a proxy that keeps them back).
 *
 * <p>Failure: a server that is away is asked again for {@link #PATIENCE_NANOS}; the job goes on without us.
 */
final class JobFollow {
    static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);
    /** As the server does: a collection that is gone is never indexed. */
    private static final long INDEX_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long PAUSE_MILLIS = 1_000;

    private final JobCalls calls;
    private final Consumer<JobView> told;
    private JobView last;
    private long indexed = -1;
    private long indexedNanos;

    JobFollow(JobCalls calls, JobView first, Consumer<JobView> told) {
        this.calls = calls;
        this.told = told;
        this.last = first;
        take(first);
    }

    /** The job as it was at its end. */
    JobView toEnd() throws IOException, InterruptedException {
        long awaySince = 0;
        while (!isOver()) {
            try {
                events();
                if (!isOver()) {
                    take(calls.get(last.id()));
                }
                awaySince = 0;
            } catch (IOException e) {
                long now = System.nanoTime();
                awaySince = awaySince == 0 ? now : awaySince;
                if (now - awaySince > PATIENCE_NANOS) {
                    throw e;
                }
            }
            if (!isOver()) {
                CliThreads.pause(PAUSE_MILLIS);
            }
        }
        return last;
    }

    /** Until they end, for whatever reason but one that is the server's word. */
    private void events() throws IOException, InterruptedException {
        try (InputStream in = calls.events(last.id());
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(in, StandardCharsets.UTF_8))) {
            StringBuilder data = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data:")) {
                    data.append(line, line.startsWith("data: ") ? 6 : 5, line.length());
                } else if (line.isEmpty() && !data.isEmpty()) {
                    take(JobView.of(data.toString()));
                    data.setLength(0);
                }
            }
        } catch (JobCalls.BusyException e) {
            // Too many follow: asking for the job itself is cheaper, and is what comes next.
        }
    }

    private void take(JobView job) {
        long now = System.nanoTime();
        long count = job.count("progress.indexed");
        if (count != indexed || !job.isOver()) {
            indexed = count;
            indexedNanos = now;
        }
        last = job;
        told.accept(job);
    }

    private boolean isOver() {
        return last.isSearchable()
                || last.isOver() && System.nanoTime() - indexedNanos > INDEX_PATIENCE_NANOS;
    }

}
