package io.forebay.server.http.route;

import io.netty.handler.codec.http.HttpMethod;

/**
 * One line of the table.
 *
 * @param template  path with variables in braces; a last {@code {*}} stands for the rest of the path, also for none
 * @param takesJson whether a JSON body is read; otherwise a body is read over
 */
public record Route(HttpMethod method, String template, boolean takesJson, Handler handler) {}
