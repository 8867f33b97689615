package io.forebay.server.ops;

/**
 * So many lines a second and no more; those left out are counted.
 *
 * <p>Threads: any; its lock is held for a few instructions.
 */
final class LineBound {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final int linesMax;
    private long secondStart;
    private int lines;
    private long leftOut;

    LineBound(int linesMax) {
        this.linesMax = linesMax;
        this.secondStart = -SECOND_NANOS;
    }

    /** -1 when there is no room for a line; else how many were left out since the last one that had room. */
    synchronized long take(long nowNanos) {
        if (nowNanos - secondStart >= SECOND_NANOS) {
            secondStart = nowNanos;
            lines = 0;
        }
        if (lines == linesMax) {
            leftOut++;
            return -1;
        }
        lines++;
        return takeLeftOut();
    }

    /** For whoever looks from time to time, so that the last ones are told too. */
    synchronized long takeLeftOut() {
        long told = leftOut;
        leftOut = 0;
        return told;
    }
}
