package io.forebay.client.load;

import io.forebay.client.CollectionLag;
import io.forebay.client.ForebayClient;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Puts together how far a load is. The server is asked for its lag each time, and the load goes on whatever it answers; a
 * server that is slow to answer is not asked again before it has.
 *
 * <p>Threads: {@code load-progress} tells; any may ask.
 */
final class ProgressTeller {
    private static final double RATE_SECONDS = 3;

    private final ForebayClient client;
    private final String collection;
    private final Flow flow;
    private final LoadSettings settings;
    private final long resumed;
    private final long startNanos = System.nanoTime();
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile @Nullable CollectionLag lag;
    private long applied;
    private long linked;
    private long lastNanos = startNanos;
    private long lastAcked;
    private long lastBytes;
    private double ackedRate;
    private double byteRate;

    ProgressTeller(ForebayClient client, UUID collection, Flow flow, LoadSettings settings, long resumed) {
        this.client = client;
        this.collection = collection.toString();
        this.flow = flow;
        this.settings = settings;
        this.resumed = resumed;
        lastAcked = flow.look((plan, counts, controller, inFlight) -> counts.acked);
    }

    void tell() {
        try {
            ask();
            if (settings.onProgress != null) {
                settings.onProgress.accept(now());
            }
        } catch (RuntimeException | Error failedCallback) {
            flow.fail(new ForebayException(ErrorCode.INTERNAL,
                    "the progress callback failed: " + failedCallback, failedCallback));
        }
    }

    /** Never fails: what is not known is shown as unknown. */
    CompletableFuture<Void> ask() {
        if (!asking.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(null);
        }
        // What was acknowledged before the server looked, less what it then had before it: never too much.
        long acked = flow.look((plan, counts, controller, inFlight) -> counts.acked);
        return client.lagAsync().handle((all, failure) -> {
            asking.set(false);
            if (all != null) {
                all.stream().filter(one -> one.id().equals(collection)).findFirst()
                        .ifPresent(one -> took(one, acked));
            }
            return null;
        });
    }

    private synchronized void took(CollectionLag server, long acked) {
        lag = server;
        applied = Math.max(applied, acked - server.ingestLag().records());
        linked = Math.max(linked, acked - server.indexLag().records());
    }

    synchronized LoadProgress now() {
        CollectionLag server = lag;
        return flow.look((plan, counts, controller, inFlight) -> {
            measure(counts);
            long left = settings.expected < 0
                    ? -1
                    : Math.max(0, settings.expected - counts.acked - counts.refused);
            Double untilAcked = left < 0 || ackedRate <= 0 && left > 0
                    ? null
                    : Double.valueOf(left == 0 ? 0 : left / ackedRate);
            double linkRate = server == null ? 0 : server.linkRate().recordsPerSecond();
            return new LoadProgress(counts.read, counts.acked, Math.max(0, applied), Math.max(0, linked),
                    resumed,
                    counts.refused, settings.expected, counts.ackedBytes, ackedRate, byteRate, linkRate,
                    server == null ? -1 : server.ingestLag().records(),
                    server == null ? -1 : server.indexLag().records(),
                    server == null ? 0 : server.ingestLag().seconds(),
                    server == null ? 0 : server.indexLag().seconds(), untilAcked,
                    untilLinked(left, linkRate, untilAcked, counts.acked - linked), controller.batchRecords(),
                    controller.concurrency(), inFlight, counts.retries,
                    (System.nanoTime() - startNanos) / 1e9);
        });
    }

    private static @Nullable Double untilLinked(long left, double linkRate, @Nullable Double untilAcked,
            long behind) {
        if (left < 0 || untilAcked == null) {
            return null;
        }
        if (left + behind <= 0) {
            return 0.0;
        }
        return linkRate <= 0 ? null : Double.valueOf(Math.max(untilAcked, (left + behind) / linkRate));
    }

    /** A mean over the last seconds in which the newest count most. */
    private void measure(LoadCounts counts) {
        long now = System.nanoTime();
        double seconds = (now - lastNanos) / 1e9;
        if (seconds >= 0.05) {
            double weight = Math.min(1, seconds / RATE_SECONDS);
            boolean first = ackedRate == 0;
            double records = (counts.acked - lastAcked) / seconds;
            double bytes = (counts.ackedBytes - lastBytes) / seconds;
            ackedRate = first ? records : ackedRate + weight * (records - ackedRate);
            byteRate = first ? bytes : byteRate + weight * (bytes - byteRate);
            lastAcked = counts.acked;
            lastBytes = counts.ackedBytes;
            lastNanos = now;
        }
    }
}
