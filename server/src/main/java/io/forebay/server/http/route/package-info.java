/**
 * What the server answers: a table of method and path to handler, one class per resource, and one place where a
 * failure becomes a status. Handlers return futures and never wait; nothing here touches a socket.
 *
 * <p>Start reading at {@link io.forebay.server.http.route.Api}, the table, then at
 * {@link io.forebay.server.http.route.RecordRoutes}.
 */
@NullMarked
package io.forebay.server.http.route;

import org.jspecify.annotations.NullMarked;
