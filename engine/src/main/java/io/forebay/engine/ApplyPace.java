package io.forebay.engine;

import org.jspecify.annotations.Nullable;

/**
 * How many entries of one collection are applied at once, after a group failed for what may be the fault of one of them, and
 * when one that fails alone is given up: after so many tries in a row, with seconds between them. If memory was too small,
 * only while there is enough of it in general; when there is not, entries wait: setting them aside would help nobody.
 *
 * <p>Threads: inside the collection's lane.
 */
final class ApplyPace {
    static final int TRIES_MAX = 5;
    private static final int ENTRIES_MAX = 4096;
    /** With less of it free in general, no single entry is to blame. */
    private static final double FREE_SHARE_MIN = 0.25;

    private int entriesMax = ENTRIES_MAX;
    private long suspect = -1;
    private int tries;
    private @Nullable Throwable last;

    int entriesMax() {
        return entriesMax;
    }

    /** A group that begins with this entry failed, with what {@link #mayBeTheEntrys}. */
    void failed(long firstSeqId, Throwable failure) {
        // Only what fails alone is counted.
        tries = entriesMax == 1 && suspect == firstSeqId ? tries + 1 : entriesMax == 1 ? 1 : 0;
        suspect = firstSeqId;
        entriesMax = 1;
        last = failure;
    }

    void succeeded() {
        suspect = -1;
        tries = 0;
        last = null;
        entriesMax = Math.min(ENTRIES_MAX, 2 * entriesMax);
    }

    /** What this entry failed with, alone and too often; null while it is to be tried. */
    @Nullable
    Throwable givenUp(long seqId) {
        return suspect == seqId && tries >= TRIES_MAX && (last instanceof RuntimeException
                || isMemoryFree(last)) ? last : null;
    }

    /** Codes and graphs of all collections are outside the heap: where they leave nothing, no entry is to blame. */
    private static boolean isMemoryFree(@Nullable Throwable failure) {
        boolean heapOnly = failure != null
                && String.valueOf(failure.getMessage()).contains("Java heap space");
        return JvmMemory.heapFreeShare() >= FREE_SHARE_MIN
                && (heapOnly || JvmMemory.directFreeShare() >= FREE_SHARE_MIN);
    }

    /** Whether a failure may be that of an entry: what the machine does wrong otherwise is no reason to give one up. */
    static boolean mayBeTheEntrys(Throwable failure) {
        return failure instanceof OutOfMemoryError || failure instanceof StackOverflowError
                || failure instanceof RuntimeException refused && !Parking.isPassing(refused);
    }
}
