package io.forebay.etl.pipeline;

import io.forebay.engine.JvmMemory;
import io.forebay.engine.ResidentMemory;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * Holds back readers while the process uses much memory, or its heap is full of what is needed. Above nine tenths of
 * the threshold a reader waits a moment before each chunk; above the threshold it waits until there is less, or until
 * nothing of its job is under way: then one chunk may go on its way, so a job gets on however little there is, one
 * chunk at a time.
 *
 * <p>Threads: any. {@link #sample} is called every now and then by one.
 */
public final class MemoryGate {
    private static final double SLOW_SHARE = 0.9;
    /** Of the machine's memory, where no threshold is set. */
    private static final double DEFAULT_SHARE = 0.8;

    private static final double HEAP_SHARE_MAX = 0.85;

    private final long thresholdBytes;
    private final LongSupplier rssSource;
    private final boolean watchesHeap;
    private volatile long rss;
    private volatile double heapShare;

    /** What a reader does next. */
    enum Advice {
        GO, SLOWLY, WAIT
    }

    /** @param thresholdBytes 0 for a share of what the machine has */
    public MemoryGate(long thresholdBytes) {
        this(thresholdBytes > 0 ? thresholdBytes : (long) (DEFAULT_SHARE * machineBytes()),
                MemoryGate::residentBytes, true);
    }

    MemoryGate(long thresholdBytes, LongSupplier rssSource) {
        this(thresholdBytes, rssSource, false);
    }

    private MemoryGate(long thresholdBytes, LongSupplier rssSource, boolean watchesHeap) {
        this.watchesHeap = watchesHeap;
        this.thresholdBytes = thresholdBytes;
        this.rssSource = rssSource;
        sample();
    }

    private static long machineBytes() {
        return ManagementFactory
                .getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                        ? os.getTotalMemorySize()
                        : Long.MAX_VALUE;
    }

    /** Of this process, or its heap where the system does not say. */
    private static long residentBytes() {
        long resident = ResidentMemory.bytes();
        return resident > 0 ? resident : heapBytes();
    }

    public static long heapBytes() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Looks; answers the resident bytes. */
    public long sample() {
        long now = rssSource.getAsLong();
        rss = now;
        heapShare = watchesHeap ? 1 - JvmMemory.heapFreeShare() : 0;
        return now;
    }

    Advice advice(int chunksUnderWay) {
        double used = Math.max((double) rss / thresholdBytes, heapShare / HEAP_SHARE_MAX);
        if (used > 1 && chunksUnderWay > 0) {
            return Advice.WAIT;
        }
        return used > SLOW_SHARE ? Advice.SLOWLY : Advice.GO;
    }
}
