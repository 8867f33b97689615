package io.forebay.engine;

import java.util.concurrent.TimeUnit;

/**
 * Brings back the disk space of vector files that were deleted while they were mapped. The file system keeps it until the
 * last mapping goes, which the garbage collector decides: mostly a collection of the old generation, which may be hours
 * away while there is work. So one is asked for when enough was deleted, and not often: it stops everybody for a moment.
 *
 * <p>Threads: one, the remover, which waits for the collection and holds no lock meanwhile.
 */
final class Unmapping {
    static final long BYTES_MIN = 256L << 20;
    static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Runnable collect;
    private long bytes;
    private boolean asked;
    private long askedNanos;

    /** @param collect asks for a collection of garbage */
    Unmapping(Runnable collect) {
        this.collect = collect;
    }

    void deleted(long fileBytes) {
        bytes += fileBytes;
    }

    /** Asks if it is worth it; otherwise returns after how many nanoseconds it is, 0 when only after more is deleted. */
    long look(long nowNanos) {
        if (bytes < BYTES_MIN) {
            return 0;
        }
        long restNanos = asked ? askedNanos + PAUSE_NANOS - nowNanos : 0;
        if (restNanos > 0) {
            return restNanos;
        }
        asked = true;
        askedNanos = nowNanos;
        bytes = 0;
        collect.run();
        return 0;
    }
}
