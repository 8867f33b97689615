package io.forebay.bench.life;

import io.forebay.bench.report.Distribution;
import io.forebay.bench.report.Latencies;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.HdrHistogram.Histogram;

/**
 * What the clients of a soak saw.
 *
 * <p>Threads: safe for any number.
 */
final class SoakLog {
    private static final int TOLD_MAX = 50;

    private final Map<Kind, Histogram> nanos = new EnumMap<>(Kind.class);
    private final List<String> violations = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private long violated;
    private long failed;
    private long interrupted;
    private long ackedRecords;

    /** A request. */
    enum Kind {
        WRITE, DELETE, GET, QUERY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    SoakLog() {
        for (Kind kind : Kind.values()) {
            nanos.put(kind, Latencies.histogram());
        }
    }

    synchronized void answered(Kind kind, long took) {
        Latencies.record(Objects.requireNonNull(nanos.get(kind)), took);
    }

    synchronized void acked(int records) {
        ackedRecords += records;
    }

    /** An answer that breaks a promise. */
    synchronized void violated(String what) {
        violated++;
        if (violations.size() < TOLD_MAX) {
            violations.add(what);
        }
    }

    /** A request that failed although the server ran. */
    synchronized void failed(String what) {
        failed++;
        if (failures.size() < TOLD_MAX) {
            failures.add(what);
        }
    }

    /** A request that a kill left without an answer. */
    synchronized void interrupted() {
        interrupted++;
    }

    synchronized long violations() {
        return violated;
    }

    synchronized long failures() {
        return failed;
    }

    synchronized long interruptions() {
        return interrupted;
    }

    synchronized long ackedRecords() {
        return ackedRecords;
    }

    /** The first of them, failures behind violations. */
    synchronized List<String> told() {
        List<String> all = new ArrayList<>(violations);
        failures.forEach(what -> all.add("failed: " + what));
        return all;
    }

    synchronized long requests() {
        return nanos.values().stream().mapToLong(Histogram::getTotalCount).sum();
    }

    synchronized Map<Kind, Distribution> latencies() {
        Map<Kind, Distribution> all = new EnumMap<>(Kind.class);
        nanos.forEach((kind, times) -> all.put(kind, Distribution.of(times)));
        return all;
    }
}
