package io.forebay.engine;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of indexer threads that died, for health and for whoever replaces them.
 *
 * <p>Threads: any. {@link #died} allocates nothing, because memory may be what there was none of.
 */
final class Revival {
    private static final Logger LOG = LoggerFactory.getLogger(Revival.class);
    /** For so long health speaks of it. */
    private static final long TOLD_NANOS = TimeUnit.MINUTES.toNanos(10);

    private volatile boolean rescueWanted;
    private volatile int lastNumber;
    private volatile @Nullable Throwable lastCause;
    private volatile long lastNanos;
    private volatile int restarts;

    /** The thread itself, with its last breath. */
    void died(int number, Throwable cause) {
        lastNumber = number;
        lastNanos = System.nanoTime();
        lastCause = cause;
        rescueWanted = true;
    }

    /** Something went wrong where no turn could catch it. */
    void wantRescue() {
        rescueWanted = true;
    }

    boolean takeRescueWanted() {
        boolean wanted = rescueWanted;
        rescueWanted = false;
        return wanted;
    }

    /** One thread at a time. */
    void revived(int number) {
        restarts = restarts + 1;
        rescueWanted = true;
        LOG.error("indexer-{} died and was restarted: {}", number, describe(lastCause));
    }

    /** Null when no thread died lately. */
    @Nullable
    String trouble() {
        Throwable cause = lastCause;
        return cause == null || System.nanoTime() - lastNanos > TOLD_NANOS
                ? null
                : "indexer-" + lastNumber + " died (" + describe(cause)
                        + "); indexers restarted since the start: "
                        + restarts;
    }

    /** Its text may be what failed. */
    private static String describe(@Nullable Throwable cause) {
        return cause == null ? "for an unknown reason" : cause.getClass().getName();
    }
}
