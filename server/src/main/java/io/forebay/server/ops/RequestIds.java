package io.forebay.server.ops;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Names of requests: the client's own where it sends one that can stand in a log, else one made here. And the trace
 * that a request belongs to, from W3C's header {@code traceparent}.
 *
 * <p>Threads: any.
 */
public final class RequestIds {
    public static final String HEADER = "X-Request-Id";
    public static final String TRACE_HEADER = "traceparent";
    public static final String TRACE_STATE_HEADER = "tracestate";

    private static final int LENGTH_MAX = 128;
    /** Tells the ids of one process from those of another. */
    private static final String PREFIX = HexFormat.of().toHexDigits(new SecureRandom().nextInt());
    private static final AtomicLong COUNT = new AtomicLong();
    private static final int TRACE_LENGTH = 55;
    private static final int TRACE_ID_START = 3;
    private static final int TRACE_ID_END = 35;
    private static final int SPAN_ID_END = 52;

    private RequestIds() {}

    /** @param asked as it was sent, null for none */
    public static String of(@Nullable String asked) {
        return asked != null && isSane(asked) ? asked : make();
    }

    public static String make() {
        return PREFIX + "-" + Long.toHexString(COUNT.incrementAndGet());
    }

    /** 1 to 128 of A-Z, a-z, 0-9 and {@code -_.:/+=@}: nothing that ends a line, a field or a text. */
    static boolean isSane(String id) {
        if (id.isEmpty() || id.length() > LENGTH_MAX) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letter && "-_.:/+=@".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * The trace id, 32 hex digits; null when there is none or the header is malformed, which W3C wants ignored. A version
     * that is not known may have more fields behind.
     */
    public static @Nullable String traceId(@Nullable String traceparent) {
        if (traceparent == null || traceparent.length() < TRACE_LENGTH) {
            return null;
        }
        boolean lengthIsRight = traceparent.length() == TRACE_LENGTH
                || !traceparent.startsWith("00") && traceparent.charAt(TRACE_LENGTH) == '-';
        boolean dashes = traceparent.charAt(2) == '-' && traceparent.charAt(TRACE_ID_END) == '-'
                && traceparent.charAt(SPAN_ID_END) == '-';
        if (!lengthIsRight || !dashes || traceparent.startsWith("ff") || !isHex(traceparent, 0, 2)
                || !isHex(traceparent, SPAN_ID_END + 1, TRACE_LENGTH)) {
            return null;
        }
        boolean known = isHex(traceparent, TRACE_ID_START, TRACE_ID_END)
                && isHex(traceparent, TRACE_ID_END + 1, SPAN_ID_END)
                && hasNonZero(traceparent, TRACE_ID_START, TRACE_ID_END)
                && hasNonZero(traceparent, TRACE_ID_END + 1, SPAN_ID_END);
        return known ? traceparent.substring(TRACE_ID_START, TRACE_ID_END) : null;
    }

    /** As it is told to others: the first version's form of it; null as above. */
    public static @Nullable String traceparent(@Nullable String asked) {
        return asked == null || traceId(asked) == null ? null : "00" + asked.substring(2, TRACE_LENGTH);
    }

    /** Lower case, as the standard has it. */
    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasNonZero(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) != '0') {
                return true;
            }
        }
        return false;
    }
}
