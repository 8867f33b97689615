/**
 * The program: {@link io.forebay.server.Main} hands over to {@code cli}, which reads the command line;
 * {@code config} reads the settings; {@code http} serves an engine over Chroma's API.
 */
@NullMarked
package io.forebay.server;

import org.jspecify.annotations.NullMarked;
