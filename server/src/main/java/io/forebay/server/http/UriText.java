package io.forebay.server.http;

import org.jspecify.annotations.Nullable;

/** The target of a request line: path and query, also when it is written in full as proxies do. */
public final class UriText {
    private UriText() {}

    public static String path(String uri) {
        String target = target(uri);
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    public static String query(String uri) {
        String target = target(uri);
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }

    /** Null where the target is a path only. */
    static @Nullable String authority(String uri) {
        if (!uri.startsWith("http://") && !uri.startsWith("https://")) {
            return null;
        }
        int from = uri.indexOf("//") + 2;
        int end = from;
        while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
            end++;
        }
        return uri.substring(from, end);
    }

    private static String target(String uri) {
        int fragment = uri.indexOf('#');
        String target = fragment < 0 ? uri : uri.substring(0, fragment);
        if (!target.startsWith("http://") && !target.startsWith("https://")) {
            return target;
        }
        int slash = target.indexOf('/', target.indexOf("//") + 2);
        return slash < 0 ? "/" : target.substring(slash);
    }
}
