/**
 * What a server needs to be run by people, besides answering: whether it is ready, who asked for what and how long it
 * took, what was changed by whom, how much one client may ask for, and the certificates.
 *
 * <p>Start reading at {@link io.forebay.server.ops.ServerOps}, which holds one of each. This package knows nothing of
 * HTTP: the ports call it.
 */
@NullMarked
package io.forebay.server.ops;

import org.jspecify.annotations.NullMarked;
