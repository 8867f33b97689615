/**
 * How the whole server does, for somebody who looks: rates and latencies of the last seconds
 * ({@link io.forebay.server.overview.OverviewMonitor}) beside what the engine and the machine say now
 * ({@link io.forebay.server.overview.Overview}).
 */
@NullMarked
package io.forebay.server.overview;

import org.jspecify.annotations.NullMarked;
