package io.forebay.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;

/** Cross-origin headers, only when origins are configured. */
final class Cors {
    private static final String ANY = "*";

    private final List<String> origins;

    Cors(List<String> origins) {
        this.origins = origins;
    }

    boolean answersOptions(HttpRequest request) {
        return !origins.isEmpty() && request.method().equals(HttpMethod.OPTIONS);
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
        }
    }
}
