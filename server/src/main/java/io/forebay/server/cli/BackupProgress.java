package io.forebay.server.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongConsumer;

/**
 * How many bytes a backup, a verification or a restore has gone through; drawn over itself on a terminal. Not thread-safe.
 */
final class BackupProgress implements LongConsumer {
    private static final long EVERY_NANOS = 500_000_000L;

    private final PrintWriter out;
    private final String what;
    private final boolean shown;
    private final long startNanos = System.nanoTime();
    private long shownNanos = startNanos;
    private long bytes;

    BackupProgress(PrintWriter out, String what, boolean shown) {
        this.out = out;
        this.what = what;
        this.shown = shown && Terminal.isInteractive();
    }

    @Override
    public void accept(long more) {
        show(bytes + more);
    }

    void show(long all) {
        bytes = all;
        long now = System.nanoTime();
        if (shown && now - shownNanos >= EVERY_NANOS) {
            shownNanos = now;
            out.printf(Locale.ROOT, "\r\033[K%s: %,d bytes, %.1f s", what, bytes, (now - startNanos) / 1e9);
            out.flush();
        }
    }

    long bytes() {
        return bytes;
    }

    double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    void end() {
        if (shown) {
            out.print("\r\033[K");
        }
    }
}
