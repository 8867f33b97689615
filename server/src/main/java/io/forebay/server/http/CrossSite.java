package io.forebay.server.http;

import io.forebay.server.http.route.Probes;
import io.forebay.server.http.route.Response;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a browser sends a request for a page of another site. Two ways lead such a page to a server that asks for
 * no token: its own name, which may come to stand for this machine ({@link OwnNames}), so that it reads and writes
 * like one of ours; and a form or a simple request across sites, which needs no leave beforehand, and what it does is
 * done although the page may not read the answer. Clients that are no browsers are asked for the first only, and send
 * neither of the headers that tell the second.
 *
 * <p>Sources: "Fetch Metadata Request Headers", W3C, and RFC 6454 section 7 for {@code Origin}.
 */
record CrossSite(Cors cors, OwnNames names) {
    private static final String FETCH_SITE = "sec-fetch-site";

    /** Null when the request may come. */
    @Nullable
    Response refusal(HttpRequest request) {
        String foreign = foreignName(request);
        if (foreign != null && !Probes.isProbe(UriText.path(request.uri()))) {
            return Refusals.foreignName(foreign);
        }
        String origin = foreignOrigin(request);
        return origin == null ? null : Refusals.crossSite(origin);
    }

    /** Whether it names another server than this one: who sends it is shown nothing that is for some. */
    boolean isForeign(HttpRequest request) {
        return foreignName(request) != null;
    }

    /** Null where the name is ours, or there is none, which no browser leaves out. */
    private @Nullable String foreignName(HttpRequest request) {
        if (!names.isChecked()) {
            return null;
        }
        String inFull = UriText.authority(request.uri());
        if (inFull != null && !names.has(inFull)) {
            return OwnNames.name(inFull);
        }
        for (String host : request.headers().getAll(HttpHeaderNames.HOST)) {
            if (!names.has(host)) {
                return OwnNames.name(host);
            }
        }
        return null;
    }

    /** Null when the request may come, else the origin that may not send it. */
    private @Nullable String foreignOrigin(HttpRequest request) {
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
