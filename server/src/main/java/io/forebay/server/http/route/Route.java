package io.forebay.server.http.route;

import io.forebay.model.ForebayException;
import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param template  path with variables in braces; a last {@code {*}} stands for the rest of the path, also for none. A
 *                  variable {@code {collection}} is always an id, see {@link Access.Scope#PATH}
 * @param takesJson whether a JSON body is read; otherwise a body is read over
 * @param access    who may; where a route does not say, an admin
 * @param keepsNoBody whether nothing of the body is in memory any more when the handler has returned, though its
 * answer may
 *                  come much later
 * @param stream    takes the body as it comes, instead of the handler; null where the handler has it whole
 * @param action  under which the audit log has it; null for what changes nothing that an administrator would ask about
 */
public record Route(HttpMethod method, String template, boolean takesJson, Handler handler, Access access,
        boolean keepsNoBody, BodySink.@Nullable Source stream, @Nullable String action) {
    public Route(HttpMethod method, String template, boolean takesJson, Handler handler) {
        this(method, template, takesJson, handler, Access.unsaid(template), false, null, null);
    }

    /** Of which the body goes to a sink. Only HTTP has such bodies. */
    static Route streaming(HttpMethod method, String template, BodySink.Source stream) {
        return new Route(method, template, false, request -> {
            throw ForebayException.invalid("This call takes a body of any length: use HTTP");
        }, Access.unsaid(template), false, stream, null);
    }

    /** With what its path names; without a token where that is {@link Access#OPEN}. */
    Route needs(Access other) {
        return new Route(method, template, takesJson, handler, other, keepsNoBody, stream, action);
    }

    Route keepingNoBody() {
        return new Route(method, template, takesJson, handler, access, true, stream, action);
    }

    /** Its requests are in the audit log, done or refused, under this name. */
    Route audited(String name) {
        return new Route(method, template, takesJson, handler, access, keepsNoBody, stream, name);
    }
}
