package io.forebay.server.http.route;

import java.util.concurrent.CompletableFuture;

/**
 * Answers one request. Runs on a Netty I/O thread: it decodes, asks the engine and returns; it never waits. What it
 * throws is answered as {@link ErrorAnswers} says.
 */
@FunctionalInterface
public interface Handler {
    CompletableFuture<Response> handle(Request request);
}
