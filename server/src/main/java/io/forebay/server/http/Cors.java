package io.forebay.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;

/**
 * Cross-origin headers, only when origins are configured. No credentials of the browser's own (cookies, client certificates)
 * are asked for: a page sends its token itself, so nobody's page can use the token of another.
 */
final class Cors {
    private static final String ANY = "*";

    /** What a page may read of an answer besides its body; browsers show no header of ours otherwise. */
    private static final String EXPOSED = String.join(", ", "Forebay-Seq-Id", "Forebay-Applied-Seq-Id",
            "Forebay-Linked-Seq-Id", "Forebay-Durable-Seq-Id", "Forebay-From-Seq-Id", "Forebay-Oldest-Seq-Id",
            "Forebay-Durability", "Forebay-Replayed", "Forebay-Plan", "Forebay-Request-Id", "Server-Timing",
            "X-Request-Id", "Retry-After", "Location", "WWW-Authenticate", "chroma-trace-id");
    /** How long a browser need not ask again. */
    private static final int PREFLIGHT_SECONDS = 600;

    private final List<String> origins;

    Cors(List<String> origins) {
        this.origins = origins;
    }

    boolean answersOptions(HttpRequest request) {
        return !origins.isEmpty() && request.method().equals(HttpMethod.OPTIONS);
    }

    /** Whether pages of this origin may do what their tokens may. */
    boolean allows(String origin) {
        return origins.contains(ANY) || origins.contains(origin);
    }

    void apply(HttpRequest request, HttpHeaders answer) {
        if (origins.isEmpty()) {
            return;
        }
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        answer.set(HttpHeaderNames.VARY, "origin, access-control-request-method,"
                + " access-control-request-headers");
        if (origins.contains(ANY)) {
            answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        } else if (origin != null && origins.contains(origin)) {
            answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        } else {
            return;
        }
        if (request.method().equals(HttpMethod.OPTIONS)) {
            answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, ANY);
            // The wildcard covers every header but this one.
            answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, ANY + ", authorization");
            answer.set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
        } else {
            answer.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
}
