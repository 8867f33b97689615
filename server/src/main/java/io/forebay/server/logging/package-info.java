/**
 * The form of the server's log: lines for people, or objects of JSON for machines. Both keep what a client sent inside
 * its line.
 *
 * <p>Start reading at {@link io.forebay.server.logging.LogForm}.
 */
@NullMarked
package io.forebay.server.logging;

import org.jspecify.annotations.NullMarked;
