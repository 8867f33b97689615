package io.forebay.server.http;

import io.forebay.engine.Forebay;
import io.forebay.server.http.route.Router;
import io.forebay.server.http.stream.FeedSlots;
import io.forebay.server.ops.ServerOps;
import java.util.concurrent.Executor;

/**
 * What a server's ports have in common: one engine, one set of threads, one bound of memory, one table of routes.
 *
 * @param changes     where logs are read for feeds
 * @param memoryCheck throws BACKOFF while no write should even be read
 */
public record Shared(Forebay engine, Router router, Guard guard, HttpOptions options, BodyBudget budget,
        ServerMetrics metrics, HttpThreads.Transport transport, FeedSlots feeds, Executor changes,
        Runnable memoryCheck, ServerOps ops) {}
