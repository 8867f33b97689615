package io.forebay.server.http;

import io.forebay.model.ForebayException;
import io.forebay.server.auth.Principal;
import io.forebay.server.http.route.BodySink;
import io.forebay.server.http.route.ErrorAnswers;
import io.forebay.server.http.route.Request;
import io.forebay.server.http.route.Response;
import io.forebay.server.http.route.Route;
import io.forebay.server.http.route.Router;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a request when its head has come: where it leads, who asks, and whether its body may come.
 *
 * @param route   null where it leads nowhere
 * @param refusal null when the body may come
 */
record Verdict(@Nullable Route route, Map<String, String> variables, Principal who,
        @Nullable Response refusal) {
    /** Of no request at all. */
    static final Verdict NONE = nowhere(Response.empty(400));

    /** @param announced length of the body, -1 for one that does not say */
    static Verdict of(ServerContext server, HttpRequest request, long announced, String from) {
        try {
            Response foreign = server.sites().refusal(request);
            if (foreign != null) {
                return nowhere(server, request, from, foreign);
            }
            if (server.cors().answersOptions(request)) {
                return nowhere(Response.empty(200));
            }
            return switch (server.router().match(request.method(), UriText.path(request.uri()))) {
                case Router.NotFound ignored -> nowhere(server, request, from, Response.empty(404));
                case Router.WrongMethod wrong ->
                    nowhere(server, request, from, Refusals.wrongMethod(wrong.allow()));
                case Router.Found found -> of(server, found, request, announced, from);
            };
        } catch (ForebayException notToBeRead) {
            return nowhere(server, request, from, ErrorAnswers.of(notToBeRead, null));
        }
    }

    private static Verdict nowhere(Response refusal) {
        return new Verdict(null, Map.of(), Principal.STRANGER, refusal);
    }

    /** What leads nowhere counts as well, or a rate could be passed by. */
    private static Verdict nowhere(ServerContext server, HttpRequest request, String from, Response refusal) {
        Principal who = server.guard().visitor(request.headers());
        return new Verdict(null, Map.of(), who, rated(server, who, from, refusal));
    }

    /** What is answered to somebody who asks too often is that, whatever else he would be told. */
    private static Response rated(ServerContext server, Principal who, String from, Response refusal) {
        try {
            server.ops().rates().admit(who, from);
            return refusal;
        } catch (ForebayException tooMany) {
            return ErrorAnswers.of(tooMany, null);
        }
    }

    private static Verdict of(ServerContext server, Router.Found found, HttpRequest request,
            long announced, String from) {
        Route route = found.route();
        Principal who;
        try {
            who = server.sites().isForeign(request)
                    ? Principal.STRANGER
                    : server.guard().identify(route, request.headers());
        } catch (ForebayException unknown) { // whoever guesses tokens is slowed down by his address
            return new Verdict(route, found.variables(), Principal.STRANGER,
                    rated(server, Principal.STRANGER, from, ErrorAnswers.of(unknown, null)));
        }
        Response refusal;
        try {
            if (!route.access().isOpen()) {
                server.ops().rates().admit(who, from);
            }
            server.guard().admit(who, route, found.variables());
            refusal = bodyRefusal(server, route, request, announced);
        } catch (ForebayException refused) {
            refusal = ErrorAnswers.of(refused, null);
        }
        return new Verdict(route, found.variables(), who, refusal);
    }

    private static @Nullable Response bodyRefusal(ServerContext server, Route found, HttpRequest request,
            long announced) {
        BodySink.Source stream = found.stream();
        if (announced > (stream == null ? server.options().bodyBytesMax() : stream.bytesMax())) {
            return Refusals.tooLarge();
        }
        if (!found.takesJson()) {
            return null;
        }
        if (!MediaTypes.isJson(request.headers().get(HttpHeaderNames.CONTENT_TYPE))) {
            return Refusals.notJson();
        }
        if (found.keepsNoBody()) {
            server.memoryCheck().run(); // also before it is read, because what is read and decoded takes memory
        }
        return null;
    }

    /** @param body complete, or nothing where it is to come */
    Request request(HttpRequest head, BodyBuffer body, Trail trail) {
        trail.reached();
        return new Request(variables, UriText.query(head.uri()), head.headers(), body.bytes(), body.length(),
                who, trail.from(), trail.notes(), trail::isGone);
    }

    BodySink.@Nullable Source stream() {
        return route == null ? null : route.stream();
    }

    /** For counting. */
    String template() {
        return route == null ? "unmatched" : route.template();
    }

    /** For people. */
    String what() {
        return route == null ? "a request" : route.method() + " " + route.template();
    }

    /** Whether the body is kept until all of it is here. */
    boolean keepsBody() {
        return refusal == null && route != null && route.takesJson();
    }
}
