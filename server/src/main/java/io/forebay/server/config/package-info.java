/**
 * The server's configuration: {@code forebay.yaml}, then environment, then flags, parsed once into
 * immutable records.
 *
 * <p>Start reading at {@link io.forebay.server.config.ConfigKey}, the one list of every key with its
 * default and range, from which also {@code docs/forebay.yaml} is made. {@link
 * io.forebay.server.config.ConfigLoader} reads the three sources; {@link
 * io.forebay.server.config.ServerConfig} is the result.
 */
@NullMarked
package io.forebay.server.config;

import org.jspecify.annotations.NullMarked;
