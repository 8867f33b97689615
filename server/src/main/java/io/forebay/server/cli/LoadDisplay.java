package io.forebay.server.cli;

import io.forebay.client.load.LoadProgress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far a load is: three bars that are drawn over themselves on a terminal of 80 columns, a line now and then
 * elsewhere, or lines of JSON.
 *
 * <p>Threads: called by the loader's progress thread, and at the end by the command's.
 */
final class LoadDisplay {
    enum Style {
        BARS(250), LINES(5_000), JSON(1_000);

        private final long millis;

        Style(long millis) {
            this.millis = millis;
        }

        Duration interval() {
            return Duration.ofMillis(millis);
        }
    }

    private static final int BAR_CELLS = 20;
    private static final int ROWS = 4;

    private final PrintWriter out;
    private final Style style;
    private final long first;
    private final DoubleSupplier share;
    private boolean drawn;
    private boolean over;

    /**
     * @param first the position with which the load begins
     * @param share of the file that was read, for the total where the file does not say it
     */
    LoadDisplay(PrintWriter out, Style style, long first, DoubleSupplier share) {
        this.out = out;
        this.style = style;
        this.first = first;
        this.share = share;
    }

    synchronized void show(LoadProgress now) {
        if (over) {
            return;
        }
        switch (style) {
            case BARS -> bars(now);
            case LINES -> line(now);
            case JSON -> out.println(json("progress", now));
        }
        out.flush();
    }

    /** Nothing is drawn any more, so that what follows is not drawn over. */
    synchronized void end(@Nullable LoadProgress last) {
        if (last != null && style == Style.BARS) {
            show(last);
        }
        over = true;
    }

    /** Records in all; -1 when that cannot even be estimated. */
    private long total(LoadProgress now) {
        if (now.expected() >= 0) {
            return now.expected();
        }
        double read = share.getAsDouble();
        return read < 0.01
                ? -1
                : Math.max(now.acked() + now.refused(), Math.round((first + now.read()) / read) - first);
    }

    private void bars(LoadProgress now) {
        if (drawn) {
            out.print("\033[" + ROWS + "A");
        }
        drawn = true;
        long total = total(now);
        String about = now.expected() < 0 ? "~" : "";
        bar("acked", now.acked(), total, about, now.ackedPerSecond());
        bar("applied", now.applied(), total, about, 0);
        bar("linked", now.linked(), total, about, now.linkedPerSecond());
        out.print("\r\033[K  " + fit(tail(now, total), 77) + "\n");
    }

    private void bar(String name, long count, long total, String about, double rate) {
        double part = total <= 0 ? 0 : Math.min(1, (double) count / total);
        int full = (int) (part * BAR_CELLS);
        String of = total < 0 ? "" : String.format(Locale.ROOT, " of %s%,d", about, total);
        String line = String.format(Locale.ROOT, "%-7s [%s%s] %,d%s%s%s", name, "#".repeat(full),
                ".".repeat(BAR_CELLS - full), count, of,
                total < 0 ? "" : String.format(Locale.ROOT, "  %.0f %%", 100 * part),
                rate <= 0 ? "" : String.format(Locale.ROOT, "  %,.0f/s", rate));
        out.print("\r\033[K  " + fit(line, 77) + "\n");
    }

    private static String tail(LoadProgress now, long total) {
        return "lag " + lag(now) + "   left " + time(left(now, total)) + "   batches " + now.inFlight() + "/"
                + now.concurrency() + " of " + String.format(Locale.ROOT, "%,d", now.batchRecords())
                + (now.refused() == 0 ? "" : String.format(Locale.ROOT, "   refused %,d", now.refused()))
                + (now.retries() == 0 ? "" : String.format(Locale.ROOT, "   retries %,d", now.retries()));
    }

    private static String lag(LoadProgress now) {
        return now.indexLagRecords() < 0
                ? "?"
                : String.format(Locale.ROOT, "%,d (%.1f s)", now.indexLagRecords(), now.indexLagSeconds());
    }

    /** Seconds until all is linked, or acknowledged where linking is not known; null when neither is. */
    private static @Nullable Double left(LoadProgress now, long total) {
        if (now.expected() >= 0) {
            return now.secondsUntilLinked() != null ? now.secondsUntilLinked() : now.secondsUntilAcked();
        }
        long open = total - now.acked() - now.refused();
        return total < 0 || now.ackedPerSecond() <= 0 ? null : Double.valueOf(open / now.ackedPerSecond());
    }

    static String time(@Nullable Double seconds) {
        if (seconds == null) {
            return "?";
        }
        return seconds < 100
                ? String.format(Locale.ROOT, "%.0f s", seconds)
                : seconds < 6_000
                        ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
                        : String.format(Locale.ROOT, "%.1f h", seconds / 3_600);
    }

    private void line(LoadProgress now) {
        long total = total(now);
        out.printf(Locale.ROOT, "  %5.0f s  acked %,d%s (%,.0f/s)  applied %,d  linked %,d (%,.0f/s)  %s%n",
                now.elapsedSeconds(), now.acked(),
                total < 0
                        ? ""
                        : String.format(Locale.ROOT, " of %s%,d", now.expected() < 0 ? "~" : "", total),
                now.ackedPerSecond(), now.applied(), now.linked(), now.linkedPerSecond(), tail(now, total));
    }

    static String json(String event, LoadProgress now) {
        return WalLines.json(json -> {
            json.writeStringField("event", event);
            json.writeNumberField("read", now.read());
            json.writeNumberField("acked", now.acked());
            json.writeNumberField("applied", now.applied());
            json.writeNumberField("linked", now.linked());
            json.writeNumberField("refused", now.refused());
            json.writeNumberField("resumed", now.resumed());
            json.writeNumberField("expected", now.expected());
            json.writeNumberField("acked_per_second", now.ackedPerSecond());
            json.writeNumberField("bytes_per_second", now.bytesPerSecond());
            json.writeNumberField("linked_per_second", now.linkedPerSecond());
            json.writeNumberField("ingest_lag_records", now.ingestLagRecords());
            json.writeNumberField("index_lag_records", now.indexLagRecords());
            Double acked = now.secondsUntilAcked();
            Double linked = now.secondsUntilLinked();
            json.writeObjectField("seconds_until_acked", acked);
            json.writeObjectField("seconds_until_linked", linked);
            json.writeNumberField("batch_records", now.batchRecords());
            json.writeNumberField("concurrency", now.concurrency());
            json.writeNumberField("in_flight", now.inFlight());
            json.writeNumberField("retries", now.retries());
            json.writeNumberField("elapsed_seconds", now.elapsedSeconds());
        });
    }

    private static String fit(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width);
    }
}
