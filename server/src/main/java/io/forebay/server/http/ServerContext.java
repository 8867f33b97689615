package io.forebay.server.http;

import io.forebay.server.http.route.Router;
import io.forebay.server.http.stream.StreamContext;
import io.forebay.server.ops.ServerOps;
import io.netty.channel.group.ChannelGroup;
import java.util.concurrent.Executor;

/**
 * What all connections of a server share.
 *
 * @param uploads     where bodies of any length are taken
 * @param memoryCheck throws BACKOFF while no write should even be read
 */
record ServerContext(Router router, Guard guard, HttpOptions options, BodyBudget budget,
        ServerMetrics metrics, Cors cors, CrossSite sites, ChannelGroup channels,
        StreamContext streams, Executor uploads, Runnable memoryCheck, ServerOps ops,
        CollectionNames nameOf) {}
