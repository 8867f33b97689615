/**
 * Who asks, and what they may: tokens, roles, limits, and the file in which hashes of tokens are kept.
 *
 * <p>Start reading at {@link io.forebay.server.auth.Authentication}, then at
 * {@link io.forebay.server.auth.TokenStore}. What each route asks for stands with the route
 * ({@code io.forebay.server.http.route.Access}); the two meet in {@code io.forebay.server.http.Guard}.
 */
@NullMarked
package io.forebay.server.auth;

import org.jspecify.annotations.NullMarked;
