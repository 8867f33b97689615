/**
 * Lag over time: what every collection's positions were in the last hour, in memory.
 *
 * <p>Start reading at {@link io.forebay.server.lag.LagMonitor}, which looks once a second which collections moved;
 * {@code LagHistory} keeps what it saw. Over HTTP it is {@code GET /api/forebay/lag?since=} and the stream of the same.
 */
@NullMarked
package io.forebay.server.lag;

import org.jspecify.annotations.NullMarked;
