/**
 * The HTTP server: Chroma's v2 API on Netty.
 *
 * <p>Start reading at {@link io.forebay.server.http.HttpServer}, then at {@code HttpConnection}, which turns what
 * Netty reads into requests and sends their answers in order. The routes are in {@code route}, JSON is in {@code json};
 * neither of them knows a socket. Limits are in {@link io.forebay.server.http.HttpOptions}.
 */
@NullMarked
package io.forebay.server.http;

import org.jspecify.annotations.NullMarked;
