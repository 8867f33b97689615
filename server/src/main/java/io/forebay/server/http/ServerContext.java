package io.forebay.server.http;

import io.forebay.server.http.route.Router;
import io.forebay.server.http.stream.StreamContext;
import io.netty.channel.group.ChannelGroup;

/** What all connections of a server share. */
record ServerContext(Router router, Guard guard, HttpOptions options, BodyBudget budget,
        ServerMetrics metrics, Cors cors,
        ChannelGroup channels, StreamContext streams) {}
