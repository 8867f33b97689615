package io.forebay.server.http;

import io.forebay.server.http.route.ErrorAnswers;
import io.forebay.server.http.route.Response;
import io.forebay.server.http.route.Route;
import io.forebay.server.http.stream.LiveContent;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The work of one request, from when all of it is there until its answer is: what its thread logs meanwhile names it, and
 * an answer comes whatever the handler does.
 *
 * <p>Threads: begun on the connection's event loop, which also gets the answer. A loop that has stopped sends nothing more;
 * the request still leaves its line in the logs.
 */
record Handling(ServerContext server, Verdict verdict, HttpRequest request, Trail trail) {
    void run(ChannelHandlerContext ctx, Route found, BodyBuffer body, Runnable begun,
            Consumer<Response> answered) {
        CompletableFuture<Response> answer;
        try (Trail.Named named = trail.named(verdict)) {
            answer = found.handler().handle(verdict.request(request, body, trail));
        } catch (Throwable e) {
            answer = CompletableFuture.failedFuture(e);
        }
        begun.run();
        answer.whenComplete((response, thrown) -> {
            boolean isSent = HttpThreads.onLoop(ctx.executor(),
                    () -> answered.accept(thrown == null ? response : failed(thrown)));
            if (!isSent) {
                unsent(thrown == null ? response : failed(thrown));
            }
        });
    }

    private Response failed(Throwable thrown) {
        try (Trail.Named named = trail.named(verdict)) {
            return ErrorAnswers.of(thrown, verdict.what());
        }
    }

    /** Nobody is there any more; what was done was done all the same. */
    void unsent(Response response) {
        trail.answered(server, verdict, request, response.status(), response);
        LiveContent feed = response.live();
        if (feed != null) {
            feed.close();
        }
    }
}
