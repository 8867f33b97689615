package io.forebay.engine;

import io.forebay.model.ForebayException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses writes before the JVM runs out of memory, on the heap or outside it.
 *
 * <p>The heap is judged by what the last collections left of it ({@link JvmMemory#heapAfterGc}), never by what is used at
 * some moment, most of which may be garbage. Outside the heap memory goes with a collection too, so too much of it counts
 * only when it is still there after one. While one of the two is above, a collection is asked for now and then, because a
 * server that refuses makes no garbage that would cause one.
 *
 * <p>Threads: {@link #check} any; {@link #look} one, about once a second.
 */
final class MemoryWatermark {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryWatermark.class);
    private static final long COLLECT_NANOS_MIN = TimeUnit.SECONDS.toNanos(20);

    private final JvmMemory jvm;
    private final Runnable collect;
    private volatile int percentMax;
    /** Still above after a collection that was asked for. */
    private volatile boolean directConfirmed;
    private boolean asked;
    private long askedNanos;
    private boolean told;

    /** @param collect asks for a collection of garbage */
    MemoryWatermark(JvmMemory jvm, int percentMax, Runnable collect) {
        this.jvm = jvm;
        this.percentMax = percentMax;
        this.collect = collect;
    }

    void percentMax(int changed) {
        percentMax = changed;
        directConfirmed = false;
    }

    /** @throws ForebayException BACKOFF above the watermark */
    void check() {
        String reason = reason();
        if (reason != null) {
            throw ForebayException.backoff(Admission.MEMORY, reason + ": backoff and try again",
                    RetryAfter.withJitter(RetryAfter.SECONDS_UNKNOWN));
        }
    }

    /** Why writes are refused; null when they are not. */
    @Nullable
    String reason() {
        if (percentMax == 0) {
            return null;
        }
        if (isHeapAbove()) {
            return describe("The heap is full", jvm.heapAfterGc(), jvm.heapMax());
        }
        return directConfirmed
                ? describe("The memory outside the heap is full", jvm.direct(), jvm.directMax())
                : null;
    }

    private String describe(String what, long bytes, long max) {
        return String.format(Locale.ROOT, "%s: %d of %d bytes are in use (memoryWatermarkPercent %d)", what,
                bytes, max, percentMax);
    }

    private boolean isHeapAbove() {
        return jvm.heapAfterGc() > jvm.heapMax() / 100.0 * percentMax;
    }

    private boolean isDirectAbove() {
        return jvm.direct() > jvm.directMax() / 100.0 * percentMax;
    }

    /** Looks whether it is as bad as it seems. */
    void look() {
        boolean direct = percentMax > 0 && isDirectAbove();
        boolean above = percentMax > 0 && (direct || isHeapAbove());
        // What a collection lets go comes back a moment after it: seen by the look after the next.
        directConfirmed = direct && (directConfirmed || asked);
        if (!above) {
            asked = false;
        } else if (!asked || System.nanoTime() - askedNanos > COLLECT_NANOS_MIN) {
            asked = true;
            collect.run();
            askedNanos = System.nanoTime();
        }
        String reason = reason();
        if (told != (reason != null)) {
            told = reason != null;
            if (reason != null) {
                LOG.warn("writes are refused. {}", reason);
            } else {
                LOG.info("memory is below its watermark again; writes are taken");
            }
        }
    }
}
