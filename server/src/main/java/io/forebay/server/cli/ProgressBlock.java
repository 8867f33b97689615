package io.forebay.server.cli;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * The live block of the demo: one bar for each position. On a terminal it is drawn over itself; elsewhere
 * it is a line now and then. Not thread-safe.
 */
final class ProgressBlock {
    private static final int BAR_CELLS = 40;
    private static final long LINE_EVERY_NANOS = 1_000_000_000L;

    private final PrintWriter out;
    private final boolean interactive;
    private final long total;
    private final long startNanos;
    private final long[] doneNanos = new long[3];
    private long lastNanos;
    private boolean drawn;

    ProgressBlock(PrintWriter out, boolean interactive, long total, long startNanos) {
        this.out = out;
        this.interactive = interactive;
        this.total = total;
        this.startNanos = startNanos;
        this.lastNanos = startNanos;
    }

    /** @param last whether nothing will follow: then it is drawn in any case */
    void draw(long acked, long applied, long linked, long nowNanos, boolean last) {
        if (interactive) {
            drawBars(acked, applied, linked, nowNanos);
        } else if (last || nowNanos - lastNanos >= LINE_EVERY_NANOS) {
            lastNanos = nowNanos;
            out.printf(Locale.ROOT, "  %5.1f s   acked %,d   applied %,d   linked %,d   of %,d%n",
                    (nowNanos - startNanos) / 1e9, acked, applied, linked, total);
        }
        out.flush();
    }

    private void drawBars(long acked, long applied, long linked, long nowNanos) {
        if (drawn) {
            out.print("\033[3A");
        }
        drawn = true;
        bar(0, "acked", acked, nowNanos);
        bar(1, "applied", applied, nowNanos);
        bar(2, "linked", linked, nowNanos);
    }

    private void bar(int row, String name, long count, long nowNanos) {
        double share = total == 0 ? 1 : Math.min(1, (double) count / total);
        if (doneNanos[row] == 0 && count >= total) {
            doneNanos[row] = nowNanos; // its clock stops
        }
        long until = doneNanos[row] == 0 ? nowNanos : doneNanos[row];
        int full = (int) (share * BAR_CELLS);
        out.printf(Locale.ROOT, "\r\033[K  %-8s [%s%s] %,9d of %,d  %3.0f %%  %5.1f s%n", name,
                "#".repeat(full),
                ".".repeat(BAR_CELLS - full), count, total, 100 * share, (until - startNanos) / 1e9);
    }
}
