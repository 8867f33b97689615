package io.forebay.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a browser sends a request for a page of another site, which could write to a server that asks for no token: a form
 * or a simple request needs no leave beforehand, and what it does is done although the page may not read the answer. Clients
 * that are no browsers send neither of the headers that are looked at.
 *
 * <p>Sources: "Fetch Metadata Request Headers", W3C, and RFC 6454 section 7 for {@code Origin}.
 */
final class CrossSite {
    private static final String FETCH_SITE = "sec-fetch-site";

    private CrossSite() {}

    /** Null when the request may come, else the origin that may not send it. */
    static @Nullable String refused(HttpRequest request, Cors cors) {
        HttpMethod method = request.method();
        if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)
                || method.equals(HttpMethod.OPTIONS)) {
            return null; // changes nothing, and the page does not see the answer
        }
        HttpHeaders headers = request.headers();
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (origin != null && cors.allows(origin)) {
            return null;
        }
        String site = headers.get(FETCH_SITE);
        if (site != null) { // goes before Origin: behind a proxy the server's own name is not known here
            boolean own = site.equals("same-origin") || site.equals("none");
            return own ? null : origin == null ? site : origin;
        }
        return origin == null || isOwn(origin, headers.get(HttpHeaderNames.HOST)) ? null : origin;
    }

    private static boolean isOwn(String origin, @Nullable String host) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority != null && host != null
                    && authority.toLowerCase(Locale.ROOT).equals(host.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException nonsense) {
            return false;
        }
    }
}
