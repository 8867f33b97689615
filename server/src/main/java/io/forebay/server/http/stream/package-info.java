/**
 * Answers without an end: the change feed of a collection over a connection.
 *
 * <p>Start reading at {@link io.forebay.server.http.stream.ChangeStream}, which moves changes from the engine to the
 * connection as fast as the client takes them; {@code SseFormat} and {@code BinaryFormat} are the two forms in which they
 * travel. Routes make an {@link io.forebay.server.http.stream.OpenFeed}, the connection starts it.
 */
@NullMarked
package io.forebay.server.http.stream;

import org.jspecify.annotations.NullMarked;
