package io.forebay.server.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far an import is: three bars (upload, processing, indexed) that are drawn over themselves on a terminal, a line
 * now and then elsewhere, lines of JSON where they are asked for, or nothing.
 *
 * <p>Threads: the one that uploads or follows, and that of the HTTP client; at the end the command's.
 */
final class ImportDisplay {
    enum Style {
        BARS(200), LINES(5_000), JSON(0), NOTHING(0);

        private final long nanos;

        Style(long millis) {
            this.nanos = millis * 1_000_000;
        }
    }

    private static final int BAR_CELLS = 20;
    /** What the first moments of an upload say of its rate is nothing. */
    private static final double RATE_SECONDS_MIN = 0.5;
    private static final int ROWS = 3;

    private final PrintWriter out;
    private final Style style;
    private final long startNanos = System.nanoTime();
    private long lastNanos;
    private boolean begun;
    private boolean drawn;
    private boolean over;
    private long sent;
    private long toSend;
    private long sendingNanos = -1;
    private long sentNanos;
    private @Nullable JobView job;

    ImportDisplay(PrintWriter out, Style style) {
        this.out = out;
        this.style = style;
    }

    /** Bytes on their way to the server. */
    synchronized void upload(long bytes, long bytesTotal) {
        sent = bytes;
        toSend = bytesTotal;
        sendingNanos = sendingNanos < 0 ? System.nanoTime() - startNanos : sendingNanos;
        sentNanos = System.nanoTime() - startNanos - sendingNanos;
        if (style != Style.JSON) {
            draw(false);
        }
    }

    synchronized boolean isUploading() {
        return sent > 0 && job == null;
    }

    synchronized void show(JobView now) {
        boolean news = job == null || !job.status().equals(now.status());
        job = now;
        if (style == Style.JSON && !over) {
            out.println(now.json());
            out.flush();
        } else {
            draw(news);
        }
    }

    /** Nothing is drawn any more, so that what follows is not drawn over. */
    synchronized void end() {
        if (begun) {
            draw(style == Style.BARS);
        }
        over = true;
    }

    private void draw(boolean now) {
        long nanos = System.nanoTime();
        if (over || style == Style.NOTHING || style == Style.JSON
                || !now && begun && nanos - lastNanos < style.nanos) {
            return;
        }
        begun = true;
        lastNanos = nanos;
        if (style == Style.BARS) {
            bars();
        } else {
            out.println("  " + line());
        }
        out.flush();
    }

    private void bars() {
        if (drawn) {
            out.print("\033[" + ROWS + "A");
        }
        drawn = true;
        bar("upload", uploadShare(), uploadText());
        bar("processing", processedShare(), processingText());
        bar("indexed", indexedShare(), indexedText());
    }

    private void bar(String name, double share, String text) {
        int full = (int) (Math.clamp(share, 0, 1) * BAR_CELLS);
        String line = String.format(Locale.ROOT, "%-10s [%s%s] %s", name, "#".repeat(full),
                ".".repeat(BAR_CELLS - full), text);
        out.print("\r\033[K  " + (line.length() > 77 ? line.substring(0, 77) : line) + "\n");
    }

    private String line() {
        String elapsed = String.format(Locale.ROOT, "%5.0f s  ", (System.nanoTime() - startNanos) / 1e9);
        return elapsed + (job == null
                ? "upload " + uploadText()
                : "processing " + processingText() + "  indexed " + indexedText());
    }

    private double uploadShare() {
        return toSend > 0 ? (double) sent / toSend : job == null ? 0 : 1;
    }

    private String uploadText() {
        if (toSend == 0) {
            return "-";
        }
        double seconds = sentNanos / 1e9;
        String counts = bytes(sent) + " of " + bytes(toSend);
        if (seconds < RATE_SECONDS_MIN) {
            return counts;
        }
        double perSecond = sent / seconds;
        return counts + "  " + bytes((long) perSecond) + "/s"
                + (sent >= toSend || perSecond < 1 ? "" : "  left " + time((toSend - sent) / perSecond));
    }

    private double processedShare() {
        return job == null ? 0 : job.number("progress.percentage") / 100;
    }

    private String processingText() {
        if (job == null) {
            return "waits for the upload";
        }
        long total = job.count("progress.total");
        String counts = String.format(Locale.ROOT, "%,d%s", Math.max(0, job.count("progress.processed")),
                total < 0 ? "" : String.format(Locale.ROOT, " of %,d", total));
        double rate = job.number("progress.documents_per_second");
        double left = job.number("progress.estimated_remaining_seconds");
        if (job.isOver() || job.status().equals("pending")) {
            return counts + "  " + job.status();
        }
        return counts + (rate > 0 ? String.format(Locale.ROOT, "  %,.0f/s", rate) : "")
                + (left >= 0 ? "  left " + time(left) : "  " + job.text("phase", ""));
    }

    private double indexedShare() {
        if (job == null || job.loaded() == 0) {
            return job != null && job.isOver() ? 1 : 0;
        }
        // Of what is loaded so far: the part of the file that is still to come is no backlog of the index.
        return (double) job.count("progress.indexed") / job.loaded()
                * (job.isOver() ? 1 : processedShare());
    }

    private String indexedText() {
        return job == null
                ? "0"
                : String.format(Locale.ROOT, "%,d of %,d loaded", Math.max(0, job.count("progress.indexed")),
                        job.loaded());
    }

    static String time(double seconds) {
        return seconds < 100
                ? String.format(Locale.ROOT, "%.0f s", seconds)
                : seconds < 6_000
                        ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
                        : String.format(Locale.ROOT, "%.1f h", seconds / 3_600);
    }

    static String bytes(long bytes) {
        if (bytes < 10_000) {
            return bytes + " B";
        }
        return bytes < 10_000_000
                ? String.format(Locale.ROOT, "%.1f KB", bytes / 1e3)
                : bytes < 10_000_000_000L
                        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
