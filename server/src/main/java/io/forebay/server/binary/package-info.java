/**
 * The binary port: {@code docs/binary-protocol.md}. {@link io.forebay.server.binary.BinaryServer} listens, {@code
 * BinaryConnection} is one client, {@code Operations} does what its frames ask for.
 */
@NullMarked
package io.forebay.server.binary;

import org.jspecify.annotations.NullMarked;
