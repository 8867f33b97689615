package io.forebay.server.cli;

import io.forebay.server.migrate.Differences;
import io.forebay.server.migrate.Migration;
import io.forebay.server.migrate.PlannedCollection;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * Shows how far a migration is: one line that is drawn over itself on a terminal, a line now and then elsewhere, or lines of
 * JSON; and a line for each collection that has ended.
 *
 * <p>Threads: the timer of the migration, the threads that copy, and the command's own.
 */
final class MigrateDisplay {
    private static final int BAR_CELLS = 24;
    private static final long DRAW_MILLIS = 250;
    private static final long LINE_MILLIS = 5_000;
    private static final long JSON_MILLIS = 1_000;
    /** The rate is that of so many of the last looks. */
    private static final int LOOKS = 12;

    private final PrintWriter out;
    private final boolean json;
    private final boolean draws;
    private final Migration.Plan plan;
    private final long begun = System.nanoTime();
    private final long[] lookNanos = new long[LOOKS];
    private final long[] lookRecords = new long[LOOKS];
    private int looks;
    private int ended;
    private boolean over;
    private Runnable timer = () -> {};

    MigrateDisplay(PrintWriter out, boolean json, Migration.Plan plan) {
        this.out = out;
        this.json = json;
        this.draws = !json && Terminal.isInteractive();
        this.plan = plan;
    }

    void begin() {
        timer = CliThreads.every("migrate-progress", draws ? DRAW_MILLIS : json ? JSON_MILLIS : LINE_MILLIS,
                this::show);
    }

    private synchronized void show() {
        if (over) {
            return;
        }
        long copied = plan.collections().stream().mapToLong(PlannedCollection::copied).sum();
        long total = Math.max(copied, plan.records());
        double rate = rate(copied);
        if (json) {
            out.println(WalLines.json(line -> {
                line.writeStringField("event", "progress");
                line.writeNumberField("copied", copied);
                line.writeNumberField("records", total);
                line.writeNumberField("compared", compared());
                line.writeNumberField("per_second", rate);
                line.writeNumberField("collections_ended", ended);
                line.writeNumberField("collections", plan.collections().size());
                line.writeNumberField("elapsed_seconds", seconds());
            }));
        } else {
            out.print(draws ? "\r\033[K" + text(copied, total, rate) : text(copied, total, rate) + "\n");
        }
        out.flush();
    }

    private String text(long copied, long total, double rate) {
        String left = rate < 1 || copied >= total
                ? ""
                : ", " + LoadDisplay.time((total - copied) / rate) + " left";
        int full = total == 0 ? BAR_CELLS : (int) (BAR_CELLS * copied / total);
        String bar = draws ? "[" + "#".repeat(full) + ".".repeat(BAR_CELLS - full) + "] " : "";
        String compared = copied >= total && compared() > 0
                ? String.format(Locale.ROOT, ", compared %,d", compared())
                : "";
        return String.format(Locale.ROOT, "  %s%,d of %,d records (%,.0f/s%s), %,d of %,d collections%s", bar,
                copied, total, rate, left, ended, plan.collections().size(), compared);
    }

    private long compared() {
        return plan.collections().stream().mapToLong(PlannedCollection::compared).sum();
    }

    private double rate(long copied) {
        long now = System.nanoTime();
        int oldest = looks < LOOKS ? 0 : looks % LOOKS;
        double rate = looks == 0
                ? (copied - resumed()) / Math.max(0.001, seconds())
                : (copied - lookRecords[oldest]) / Math.max(0.001, (now - lookNanos[oldest]) / 1e9);
        lookNanos[looks % LOOKS] = now;
        lookRecords[looks % LOOKS] = copied;
        looks++;
        return Math.max(0, rate);
    }

    private long resumed() {
        return plan.collections().stream().mapToLong(PlannedCollection::resumedAt).sum();
    }

    private double seconds() {
        return (System.nanoTime() - begun) / 1e9;
    }

    /** A collection is done with, for good or bad. */
    synchronized void ended(PlannedCollection one) {
        ended++;
        if (over) {
            return;
        }
        if (json) {
            out.println(json(one));
        } else {
            out.println((draws ? "\r\033[K" : "") + "  " + told(one));
            Differences differences = one.differences();
            if (differences != null) {
                differences.told().forEach(difference -> out.println("      " + difference));
                if (differences.count() > differences.told().size()) {
                    out.printf(Locale.ROOT, "      and %,d more%n",
                            differences.count() - differences.told().size());
                }
            }
        }
        out.flush();
    }

    private static String told(PlannedCollection one) {
        String name = one.source()
                + (one.targetName().equals(one.source().name()) ? "" : " as " + one.targetName());
        if (one.failure() != null) {
            return String.format(Locale.ROOT, "%s  FAILED after %,d records: %s", name, one.copied(),
                    one.failure());
        }
        long here = one.copied() - one.resumedAt();
        String how = one.seconds() == 0
                ? ", copied by an earlier run"
                : String.format(Locale.ROOT, " in %.1f s (%,.0f/s)%s", one.seconds(),
                        here / Math.max(0.001, one.seconds()), one.resumedAt() == 0
                                ? ""
                                : String.format(Locale.ROOT, ", %,d of them by an earlier run",
                                        one.resumedAt()));
        Differences differences = one.differences();
        String verdict = differences == null
                ? ", not compared"
                : !differences.isEmpty()
                        ? String.format(Locale.ROOT, ", NOT THE SAME: %,d differences", differences.count())
                        : one.compared() == 0
                                ? ", as many there"
                                : String.format(Locale.ROOT, ", %,d compared and the same", one.compared());
        return String.format(Locale.ROOT, "%s  %,d records%s%s%s", name, one.copied(), how,
                one.refused() == 0 ? "" : String.format(Locale.ROOT, ", %,d refused", one.refused()),
                verdict);
    }

    private static String json(PlannedCollection one) {
        Differences differences = one.differences();
        return WalLines.json(line -> {
            line.writeStringField("event", "collection");
            line.writeStringField("tenant", one.source().place().tenant());
            line.writeStringField("database", one.source().place().database());
            line.writeStringField("name", one.source().name());
            line.writeStringField("target_name", one.targetName());
            line.writeNumberField("records", one.copied());
            line.writeNumberField("resumed", one.resumedAt());
            line.writeNumberField("refused", one.refused());
            line.writeNumberField("seconds", one.seconds());
            line.writeNumberField("compared", one.compared());
            line.writeNumberField("differences", differences == null ? 0 : differences.count());
            line.writeArrayFieldStart("first_differences");
            for (String told : differences == null ? List.<String>of() : differences.told()) {
                line.writeString(told);
            }
            line.writeEndArray();
            line.writeStringField("failure", one.failure());
        });
    }

    /** Nothing is drawn any more. */
    synchronized void end() {
        if (over) {
            return;
        }
        over = true;
        timer.run();
        if (draws) {
            out.print("\r\033[K");
        }
        out.flush();
    }

    /** What came of it. */
    void summary() {
        long copied = plan.collections().stream().mapToLong(PlannedCollection::copied).sum();
        long here = copied - resumed();
        long refused = plan.collections().stream().mapToLong(PlannedCollection::refused).sum();
        long fine = plan.collections().stream().filter(PlannedCollection::isFine).count();
        if (json) {
            out.println(WalLines.json(line -> {
                line.writeStringField("event", "done");
                line.writeNumberField("collections", plan.collections().size());
                line.writeNumberField("collections_fine", fine);
                line.writeNumberField("records", copied);
                line.writeNumberField("resumed", resumed());
                line.writeNumberField("refused", refused);
                line.writeNumberField("compared", compared());
                line.writeNumberField("elapsed_seconds", seconds());
            }));
        } else {
            out.printf(Locale.ROOT,
                    "%,d of %,d collections are there; %,d records%s in %.1f s (%,.0f/s with the comparison)%n",
                    fine, plan.collections().size(), copied,
                    refused == 0 ? "" : String.format(Locale.ROOT, ", %,d refused,", refused), seconds(),
                    here / Math.max(0.001, seconds()));
        }
        out.flush();
    }
}
