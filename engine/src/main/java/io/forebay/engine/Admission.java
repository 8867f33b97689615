package io.forebay.engine;

import io.forebay.model.ForebayException;
import io.forebay.model.LagPolicy;
import java.util.concurrent.CompletableFuture;

/**
 * Whether a write may enter the log now, and when its ack may be given: the limits on what waits and on memory, and the
 * policies of a lag beyond its bounds. What is refused changes nothing; what is admitted is never dropped.
 *
 * <p>{@code SLOW}: the batch goes into the log at once, its ack waits as long as the excess takes to be linked at the
 * measured rate, or until it is linked if that is sooner. So clients that wait for their acks write as fast as the index
 * gets on, all the same share. No ack waits longer than {@code lagDelayMillisMax}: where it would, the write is
 * refused instead, before it enters the log. A client that gives up sooner has its batch in the log without
 * knowing; its retry with an idempotency key is answered at once.
 *
 * <p>Threads: any; nothing here waits.
 */
final class Admission {
    static final String LOG_BYTES = "log_bytes";
    static final String COLLECTION_LOG_BYTES = "collection_log_bytes";
    static final String LAG = "lag";
    static final String MEMORY = "memory";

    private final ForebayOptions options;
    private final Backlog backlog;
    private final MemoryWatermark memory;
    private final ApplyFailure failing;
    private final EngineMetrics metrics;
    private volatile PressureOptions pressure;

    Admission(ForebayOptions options, Backlog backlog, MemoryWatermark memory, ApplyFailure failing,
            EngineMetrics metrics) {
        this.options = options;
        this.backlog = backlog;
        this.memory = memory;
        this.failing = failing;
        this.metrics = metrics;
        this.pressure = options.pressure();
    }

    PressureOptions pressure() {
        return pressure;
    }

    /** For the next write on. Acks that are held back are let go by {@link AckBrake#releaseAll}. */
    void pressure(PressureOptions changed) {
        pressure = changed;
        memory.percentMax(changed.memoryWatermarkPercent());
    }

    /** @throws ForebayException BACKOFF; counted */
    void checkMemory() {
        try {
            memory.check();
        } catch (ForebayException refused) {
            metrics.refused(MEMORY);
            throw refused;
        }
    }

    /** @throws ForebayException BACKOFF; what {@link ApplyFailure#check} throws */
    void check(CollectionRuntime runtime) {
        failing.check(runtime);
        memory.check();
        checkLog(runtime);
        checkLag(runtime);
    }

    private void checkLog(CollectionRuntime runtime) {
        long pending = backlog.bytes();
        if (pending > options.logBytesMax()) {
            throw RetryAfter.backoff(LOG_BYTES, "The log holds " + pending
                    + " bytes that are not applied yet (logBytesMax " + options.logBytesMax() + ")",
                    pending - options.logBytesMax(), backlog.bytesPerSecond());
        }
        long own = runtime.pendingBytes();
        long ownMax = options.log().collectionBytesMax();
        if (own > ownMax) {
            throw RetryAfter.backoff(COLLECTION_LOG_BYTES, "The log holds " + own
                    + " bytes of this collection that are not applied yet (collectionLogBytesMax " + ownMax
                    + ")", own - ownMax, runtime.applyRate.bytesPerSecond(System.nanoTime()));
        }
    }

    private void checkLag(CollectionRuntime runtime) {
        LagExcess.Bounds bounds = bounds(runtime);
        if (bounds.policy() == LagPolicy.ACCEPT) {
            return;
        }
        LagExcess excess = LagExcess.of(runtime, bounds);
        if (excess == null) {
            return;
        }
        if (bounds.policy() == LagPolicy.REJECT) {
            throw RetryAfter.backoff(LAG, excess.what(), excess.waitSeconds(), excess.isMeasured() ? 1 : 0);
        }
        double delaySecondsMax = pressure.lagDelayMillisMax() / 1000.0;
        if (excess.waitSeconds() > delaySecondsMax) {
            throw RetryAfter.backoff(LAG,
                    excess.what() + ", too much to be made up for within ingest.lag_delay_millis_max ("
                            + pressure.lagDelayMillisMax() + " ms)",
                    excess.waitSeconds() - delaySecondsMax, 1);
        }
    }

    /** Of a batch that is in the log. Never fails. */
    CompletableFuture<Void> paced(CollectionRuntime runtime) {
        LagExcess.Bounds bounds = bounds(runtime);
        LagExcess excess = bounds.policy() == LagPolicy.SLOW ? LagExcess.of(runtime, bounds) : null;
        if (excess == null) {
            return CompletableFuture.completedFuture(null);
        }
        long max = pressure.lagDelayMillisMax();
        long millis = excess.isMeasured()
                ? Math.min(max, (long) Math.ceil(1000 * excess.waitSeconds()))
                : max;
        long start = System.nanoTime();
        return runtime.brake.hold(excess.operations() - excess.allowedRecords(), millis)
                .thenRun(() -> metrics.delayed(LAG, System.nanoTime() - start));
    }

    private LagExcess.Bounds bounds(CollectionRuntime runtime) {
        return LagExcess.Bounds.of(runtime.info().config().settings(), pressure);
    }
}
