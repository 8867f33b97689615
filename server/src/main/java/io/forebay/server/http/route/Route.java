package io.forebay.server.http.route;

import io.netty.handler.codec.http.HttpMethod;

/**
 * One line of the table.
 *
 * @param template  path with variables in braces; a last {@code {*}} stands for the rest of the path, also for none. A
 *                  variable {@code {collection}} is always an id, see {@link Access.Scope#PATH}
 * @param takesJson whether a JSON body is read; otherwise a body is read over
 * @param access    who may; where a route does not say, an admin
 */
public record Route(HttpMethod method, String template, boolean takesJson, Handler handler, Access access) {
    public Route(HttpMethod method, String template, boolean takesJson, Handler handler) {
        this(method, template, takesJson, handler, Access.unsaid(template));
    }

    /** With what its path names; without a token where that is {@link Access#OPEN}. */
    Route needs(Access other) {
        return new Route(method, template, takesJson, handler, other);
    }
}
