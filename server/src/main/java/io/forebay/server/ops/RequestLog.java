package io.forebay.server.ops;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Lines about single requests: one for each read or write of records that took long, and, where that is switched on,
 * one for every request. They say who, where, how long and how much, and never a vector, a document or a query.
 *
 * <p>Threads: any; those who answer, which are event loops. Nothing waits but the log's own appender.
 *
 * <p>Invariants: at most {@link #SLOW_LINES_MAX} slow lines a second, because a server that is slow has many.
 */
public final class RequestLog {
    static final int SLOW_LINES_MAX = 10;

    private static final Logger SLOW = LoggerFactory.getLogger("io.forebay.requests.slow");
    private static final Logger ALL = LoggerFactory.getLogger("io.forebay.requests");
    /** What a path of a read or write of records ends with; others wait by nature, or take as long as their clients do. */
    private static final Set<String> MEASURED = Set.of("add", "upsert", "update", "delete", "get", "query",
            "search", "count", "write");

    private final long slowNanos;
    private final boolean all;
    private final LineBound bound = new LineBound(SLOW_LINES_MAX);

    /** @param slowMillis 0 for no lines about slow ones */
    public RequestLog(long slowMillis, boolean all) {
        this.slowNanos = slowMillis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(slowMillis);
        this.all = all;
    }

    /** Asked first, so that nothing is made for the many requests that need no line. */
    public boolean wants(String route, long nanos) {
        return all || nanos >= slowNanos && isMeasured(route);
    }

    private static boolean isMeasured(String route) {
        return MEASURED.contains(route.substring(route.lastIndexOf('/') + 1));
    }

    public void answered(Asked asked) {
        if (all) {
            write(ALL.atInfo(), asked, "request");
        }
        if (asked.nanos() >= slowNanos && isMeasured(asked.route())) {
            long leftOut = bound.take(System.nanoTime());
            tell(leftOut);
            if (leftOut >= 0) {
                write(SLOW.atWarn(), asked, "slow request");
            }
        }
    }

    /** Those left out since the last line, when no line follows. */
    void flush() {
        tell(bound.takeLeftOut());
    }

    private static void tell(long leftOut) {
        if (leftOut > 0) {
            SLOW.atWarn().addKeyValue("left_out", leftOut).log("slow requests without a line");
        }
    }

    private static void write(LoggingEventBuilder line, Asked asked, String message) {
        LoggingEventBuilder out = line.addKeyValue("request_id", asked.requestId());
        out = out.addKeyValue("method", asked.method()).addKeyValue("route", asked.route());
        out = with(out, "collection_name", asked.collection());
        out = with(out, "token", asked.who().id().isEmpty() ? null : asked.who().id());
        out = with(out, "address", asked.from().isEmpty() ? null : asked.from());
        out = out.addKeyValue("status", asked.status()).addKeyValue("millis", millis(asked.nanos()));
        out = with(out, "plan", asked.plan());
        out = with(out, "stages", asked.stages());
        for (Map.Entry<String, Object> note : asked.notes().all().entrySet()) {
            out = out.addKeyValue(note.getKey(), note.getValue());
        }
        with(out, "trace_id", asked.traceId()).log(message);
    }

    private static LoggingEventBuilder with(LoggingEventBuilder out, String name, @Nullable String value) {
        return value == null ? out : out.addKeyValue(name, value);
    }

    private static double millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos) / 1e3;
    }
}
