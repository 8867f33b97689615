package io.forebay.server.http.route;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which files the console has; nothing else of the class path can be asked for. */
public final class ConsoleFiles {
    private static final String PLACE = "/io/forebay/server/http/console/";
    private static final Map<String, String> TYPES = Map.of("html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8", "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml", "LICENSE", "text/plain; charset=utf-8");

    private static final Set<String> NAMES = Set.of("index.html", "console.css", "icon.svg", "theme.js",
            "api.js", "app.js", "dom.js", "format.js", "known.js", "parts.js", "plot.js", "shell.js",
            "sse.js",
            "upload-run.js",
            "views/collection.js", "views/collections.js", "views/commits.js", "views/dead-letters.js",
            "views/job.js", "views/job-errors.js", "views/job-parts.js", "views/jobs.js", "views/log.js",
            "views/overview.js",
            "views/preview.js", "views/query.js", "views/query-parts.js", "views/upload.js",
            "views/upload-target.js",
            "vendor/uPlot.LICENSE", "vendor/uPlot.iife.min.js", "vendor/uPlot.min.css");

    private ConsoleFiles() {}

    public static Set<String> names() {
        return new TreeSet<>(NAMES);
    }

    /** The media type of a file; null when the console has no such file. */
    static @Nullable String type(String name) {
        return NAMES.contains(name) ? TYPES.get(name.substring(name.lastIndexOf('.') + 1)) : null;
    }

    static byte[] read(String name) {
        return OpenApi.read(PLACE + name);
    }
}
