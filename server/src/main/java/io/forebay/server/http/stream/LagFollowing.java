package io.forebay.server.http.stream;

import io.forebay.engine.Forebay;
import io.forebay.server.lag.LagMonitor;

/**
 * What is needed to tell the lag as it goes on.
 *
 * @param slots bounds the streams
 */
public record LagFollowing(LagEvents events, FeedSlots slots) {
    /** @param max streams at once */
    public static LagFollowing of(Forebay engine, LagMonitor monitor, int max) {
        return new LagFollowing(new LagEvents(engine, monitor), new FeedSlots(max, "streams of lag"));
    }
}
