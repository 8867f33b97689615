package io.forebay.server.http;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.http.route.ErrorAnswers;
import io.forebay.server.http.route.Response;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;

/** Answers that are given without asking a handler. */
final class Refusals {
    private static final int SHOWN_LENGTH_MAX = 200;

    private Refusals() {}

    static Response tooLarge() {
        return Response.text(413, null, "Payload too large");
    }

    static Response notJson() {
        return ErrorAnswers.of(ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                "Expected request with `Content-Type: application/json`");
    }

    /** @param bytes that found no room; negative where nobody knows */
    static Response busy(ServerContext server, long bytes) {
        server.metrics().refused("bodies_in_flight");
        BodyBudget budget = server.budget();
        return ErrorAnswers.of(ForebayException.backoff("bodies_in_flight",
                "bodiesInFlightBytesMax (" + budget.bytesMax()
                        + " bytes of requests not yet answered) is reached: backoff and try again",
                budget.retryAfterSeconds(Math.max(0, bytes))), null);
    }

    static Response crossSite(String origin) {
        return ErrorAnswers.of(ErrorCode.PERMISSION_DENIED, "A page of another site (" + shown(origin)
                + ") may not send this: its origin is not in server.cors_allow_origins");
    }

    static Response foreignName(String name) {
        return ErrorAnswers.of(ErrorCode.MISDIRECTED, "This server does not answer to the name '"
                + shown(name)
                + "', only to addresses, localhost, names without a dot, and what is in server.hosts: put the name"
                + " there if it is meant (server.hosts: [name], or the variable FOREBAY_SERVER__HOSTS)");
    }

    private static String shown(String said) {
        return said.length() > SHOWN_LENGTH_MAX ? said.substring(0, SHOWN_LENGTH_MAX) : said;
    }

    static Response wrongMethod(String allow) {
        return Response.empty(405).with("Allow", allow);
    }

    /** Null when the head can be understood. */
    static @Nullable Response notHttp(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return malformed(request.decoderResult().cause());
        }
        boolean known = request.protocolVersion().protocolName().equals("HTTP")
                && request.protocolVersion().majorVersion() == 1;
        return known ? null : Response.empty(505);
    }

    static Response malformed(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return Response.empty(414);
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return Response.empty(431);
        }
        return Response.empty(400);
    }

    static Response full(int connectionsMax) {
        return ErrorAnswers.of(ErrorCode.UNAVAILABLE,
                "connectionsMax (" + connectionsMax + ") is reached: try again after a while");
    }
}
