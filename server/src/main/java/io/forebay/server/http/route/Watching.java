package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.server.http.stream.FeedSlots;
import io.forebay.server.http.stream.LagFollowing;
import io.forebay.server.lag.LagMonitor;
import io.forebay.server.overview.Counts;
import io.forebay.server.overview.OverviewMonitor;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * What those are shown who look on.
 *
 * @param overview    looks when the lag's monitor does
 * @param connections that are open
 * @param streams     bounds the streams of overviews
 */
public record Watching(LagFollowing lag, OverviewMonitor overview, IntSupplier connections,
        FeedSlots streams) {
    /** @param max streams of each kind at once */
    public static Watching of(Forebay engine, LagMonitor monitor, Supplier<Counts> counts,
            IntSupplier connections, int max) {
        OverviewMonitor overview = new OverviewMonitor(counts);
        monitor.follow(overview::look);
        return new Watching(LagFollowing.of(engine, monitor, max), overview, connections,
                new FeedSlots(max, "streams of overviews"));
    }
}
