/**
 * The binary protocol's frames, for both ends: {@link io.forebay.model.wire.FrameHeader} is where to start, and
 * {@code docs/binary-protocol.md} is the specification. Nothing here reads or writes a socket.
 */
@NullMarked
package io.forebay.model.wire;

import org.jspecify.annotations.NullMarked;
