package io.forebay.server.binary;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameType;
import io.forebay.server.auth.Principal;
import io.forebay.server.http.Guard;
import io.forebay.server.http.UriText;
import io.forebay.server.http.route.Api;
import io.forebay.server.http.route.ErrorAnswers;
import io.forebay.server.http.route.Request;
import io.forebay.server.http.route.Response;
import io.forebay.server.http.route.Route;
import io.forebay.server.http.route.Router;
import io.forebay.server.http.stream.LiveContent;
import io.forebay.server.ops.Asked;
import io.forebay.server.ops.AuditLog;
import io.forebay.server.ops.Notes;
import io.forebay.server.ops.RequestIds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The routes of the HTTP API, called by frames: the same handlers, the same guard.
 *
 * <p>Threads: called on event loops, answers on threads of the engine.
 *
 * <p>Failure: what goes wrong with the call is its answer, as over HTTP; only what is no call at all is thrown.
 */
final class Calls {
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");

    private final Router router;
    private final Guard guard;
    private final AuditLog audit;

    Calls(Router router, Guard guard, AuditLog audit) {
        this.router = router;
        this.audit = audit;
        this.guard = guard;
    }

    /** A route of ours: what goes wrong is the frame's failure and no answer. */
    CompletableFuture<Reply> get(String target, ByteBuf payload, Principal who) {
        if (router.match(HttpMethod.GET, UriText.path(target)) instanceof Router.Found found) {
            return handle(found, new DefaultHttpHeaders(), target, payload, who, "", new Notes())
                    .thenApply(response -> reply(response, null));
        }
        throw new IllegalArgumentException(target);
    }

    CompletableFuture<Reply> call(Fields head, ByteBuf payload, Principal who, String from) {
        String method = head.text("method");
        String target = head.text("path");
        if (method == null || target == null || !METHODS.contains(method)) {
            throw ForebayException
                    .invalid("fields method (one of " + METHODS + ") and path are required. Got: "
                            + method + " and " + target);
        }
        String what = "CALL " + method;
        try {
            return switch (router.match(HttpMethod.valueOf(method), UriText.path(target))) {
                case Router.NotFound ignored -> done(Response.empty(404));
                case Router.WrongMethod wrong -> done(Response.empty(405).with("Allow", wrong.allow()));
                case Router.Found found -> admitted(found, head, target, payload, who, from);
            };
        } catch (ForebayException refused) {
            return done(ErrorAnswers.of(refused, what));
        }
    }

    private CompletableFuture<Reply> admitted(Router.Found found, Fields head, String target, ByteBuf payload,
            Principal who, String from) {
        String route = found.route().method() + " " + found.route().template();
        Notes notes = new Notes();
        try {
            guard.admit(who, found.route(), found.variables());
        } catch (ForebayException refused) {
            return done(audited(found, who, from, notes, ErrorAnswers.of(refused, route), audit::refused));
        }
        HttpHeaders headers = headers(head.texts("headers"));
        return handle(found, headers, target, payload, who, from, notes)
                .handle((response, thrown) -> thrown == null
                        ? finite(response)
                        : ErrorAnswers.of(thrown, route))
                .thenApply(answer -> reply(audited(found, who, from, notes, answer, audit::answered),
                        called(found, headers, answer, notes)));
    }

    private CompletableFuture<Response> handle(Router.Found found, HttpHeaders headers, String target,
            ByteBuf payload, Principal who, String from, Notes notes) {
        Route route = found.route();
        byte[] body = ByteBufUtil.getBytes(payload);
        Request request = new Request(found.variables(), UriText.query(target),
                headers, body, body.length, who, from, notes, () -> false);
        try {
            return route.handler().handle(request);
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Response audited(Router.Found found, Principal who, String from, Notes notes, Response answer,
            BiConsumer<String, Asked> log) {
        String action = found.route().action();
        if (action != null && audit.isOn()) {
            found.variables().forEach(notes::put);
            log.accept(action, new Asked("CALL " + found.route().method(), found.route().template(),
                    RequestIds.make(), null, null, who, from, answer.status(), 0, null, null, notes));
        }
        return answer;
    }

    private static HttpHeaders headers(@Nullable List<String> pairs) {
        HttpHeaders headers = new DefaultHttpHeaders();
        if (pairs != null) {
            if (pairs.size() % 2 != 0) {
                throw ForebayException.invalid("field headers must have pairs of name and value");
            }
            try {
                for (int i = 0; i < pairs.size(); i += 2) {
                    headers.add(pairs.get(i), pairs.get(i + 1));
                }
            } catch (IllegalArgumentException e) {
                throw ForebayException.invalid("field headers: " + e.getMessage());
            }
        }
        return headers;
    }

    private static Response finite(Response response) {
        LiveContent live = response.live();
        if (live == null) {
            return response;
        }
        live.close();
        return ErrorAnswers.of(ErrorCode.INVALID_ARGUMENT,
                "This answer has no end and cannot be called over the binary protocol: use CHANGES, or HTTP");
    }

    private static CompletableFuture<Reply> done(Response response) {
        return CompletableFuture.completedFuture(reply(response, null));
    }

    private static Called called(Router.Found found, HttpHeaders headers, Response answer, Notes notes) {
        found.variables().forEach(notes::put);
        return new Called(found.route().method().name(), found.route().template(),
                RequestIds.traceId(headers.get(RequestIds.TRACE_HEADER)), answer.header(Api.PLAN),
                answer.header(Api.TIMING), notes);
    }

    private static Reply reply(Response response, @Nullable Called called) {
        Fields head = new Fields().put("content_type", response.contentType());
        List<String> headers = new ArrayList<>();
        for (Map.Entry<String, String> header : response.headers()) {
            headers.add(header.getKey());
            headers.add(header.getValue());
        }
        if (!headers.isEmpty()) {
            head.put("headers", headers);
        }
        return new Reply(FrameType.ANSWER, response.status(), head, 512, out -> {
            try (ByteBufOutputStream stream = new ByteBufOutputStream(out)) {
                response.body().writeTo(stream);
            }
        }, called);
    }
}
