package io.forebay.etl.embed;

import java.util.HexFormat;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The trace that work belongs to, which services that are called for it are told: two headers of W3C's "Trace Context". They are
 * handed on as they came: Forebay records no spans, so that a service's own come right below those of whoever asked.
 *
 * @param traceparent in the form of version 00; null for no trace
 * @param tracestate  what those who record traces say to each other; null for nothing
 */
public record TraceContext(@Nullable String traceparent, @Nullable String tracestate) {
    public static final TraceContext NONE = new TraceContext(null, null);
    private static final int STATE_LENGTH_MAX = 512;

    public TraceContext {
        if (traceparent == null || tracestate != null && !isSane(tracestate)) {
            tracestate = null; // without its trace it means nothing, and may be left out
        }
    }

    /** Of a job that nobody's trace goes with: its id, which the trace id is without the dashes. */
    public static TraceContext ofJob(UUID id) {
        HexFormat hex = HexFormat.of();
        String low = hex.toHexDigits(id.getLeastSignificantBits());
        return new TraceContext(
                "00-" + hex.toHexDigits(id.getMostSignificantBits()) + low + "-" + low + "-00", null);
    }

    public boolean isThere() {
        return traceparent != null;
    }

    void addTo(BiConsumer<String, String> headers) {
        if (traceparent != null) {
            headers.accept("traceparent", traceparent);
            if (tracestate != null) {
                headers.accept("tracestate", tracestate);
            }
        }
    }

    /** Of a length that everybody must take, in characters of a header. */
    private static boolean isSane(String state) {
        return !state.isBlank() && state.length() <= STATE_LENGTH_MAX
                && state.chars().allMatch(c -> c >= ' ' && c <= '~');
    }
}
