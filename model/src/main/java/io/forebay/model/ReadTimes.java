package io.forebay.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of one read went, for whoever asked it to be told with {@link ReadOptions#tellingTimes}.
 *
 * <p>Threads: one at a time writes; whoever has the read's answer sees all of it.
 */
public final class ReadTimes {
    /** In the order in which a read goes through them. */
    public enum Stage {
        /** For the position that the read level asks for, for vectors that are loaded, for a thread. */
        WAIT,
        /** Ids and filters become the set of records that are allowed. */
        FILTER,
        /** Nearest vectors are looked for and ranked. */
        SEARCH,
        /** The records of the answer are read. */
        RECORDS
    }

    private static final Stage[] STAGES = Stage.values();

    private final long[] nanos = new long[STAGES.length];

    /** What went by since that moment is this stage's. Answers the moment at which the next begins. */
    public static long lap(@Nullable ReadTimes times, Stage stage, long sinceNanos) {
        if (times == null) {
            return sinceNanos;
        }
        long now = System.nanoTime();
        times.nanos[stage.ordinal()] += now - sinceNanos;
        return now;
    }

    public long nanos(Stage stage) {
        return nanos[stage.ordinal()];
    }

    /** As the header {@code Server-Timing} has it, in milliseconds: {@code wait;dur=0.021, filter;dur=1.100, …}. */
    public String text() {
        StringBuilder text = new StringBuilder(80);
        for (Stage stage : STAGES) {
            long micros = (nanos[stage.ordinal()] + 500) / 1000;
            text.append(text.isEmpty() ? "" : ", ").append(stage.name().toLowerCase(Locale.ROOT))
                    .append(";dur=")
                    .append(micros / 1000).append('.');
            long rest = micros % 1000;
            text.append(rest < 100 ? "0" : "").append(rest < 10 ? "0" : "").append(rest);
        }
        return text.toString();
    }
}
