package io.forebay.server.http.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The web console: files of the class path, open to everybody, because what they show comes from the API, which asks for
 * tokens. Only what stands in {@link ConsoleFiles} is served, whatever a path says. A browser that asks for the root is
 * led here; others get 404 there, as from Chroma.
 *
 * <p>Threads: a file is read and packed by the JVM's common pool when it is asked for first, and kept.
 */
public final class ConsoleRoutes {
    private static final String PLACE = "/console";
    /** Nothing from elsewhere, nothing inline; uPlot sets styles by CSSOM, which this allows. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            + " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    private static final int TO_THE_CONSOLE = 307;

    private final Map<String, ConsoleFile> loaded = new ConcurrentHashMap<>();

    void addTo(List<Route> routes) {
        routes.add(Api.get("/", ConsoleRoutes::root).needs(Access.OPEN));
        // Relative places, so that a proxy may have the server below a path.
        routes.add(Api.get(PLACE, r -> redirect("console/")).needs(Access.OPEN));
        routes.add(Api.get(PLACE + "/", r -> file(r, "index.html")).needs(Access.OPEN));
        routes.add(Api.get(PLACE + "/{file}", r -> file(r, r.variable("file"))).needs(Access.OPEN));
        routes.add(Api
                .get(PLACE + "/{folder}/{file}",
                        r -> file(r, r.variable("folder") + "/" + r.variable("file")))
                .needs(Access.OPEN));
    }

    /** The table of a server whose console is switched off. */
    public static List<Route> without(List<Route> table) {
        List<Route> others = new ArrayList<>(table);
        others.removeIf(route -> route.template().equals("/") || route.template().equals(PLACE)
                || route.template().startsWith(PLACE + "/"));
        return others;
    }

    private static CompletableFuture<Response> root(Request request) {
        String accept = request.header("Accept");
        return accept != null && accept.contains("text/html")
                ? redirect("console/")
                : CompletableFuture.completedFuture(Response.empty(404));
    }

    private static CompletableFuture<Response> redirect(String location) {
        return CompletableFuture.completedFuture(Response.empty(TO_THE_CONSOLE).with("Location", location)
                .with("Cache-Control", "no-cache"));
    }

    private CompletableFuture<Response> file(Request request, String name) {
        String type = ConsoleFiles.type(name);
        if (type == null) {
            return CompletableFuture.completedFuture(Response.empty(404));
        }
        ConsoleFile known = loaded.get(name);
        if (known != null) {
            return CompletableFuture.completedFuture(answer(request, known, type));
        }
        return CompletableFuture.supplyAsync(() -> answer(request,
                loaded.computeIfAbsent(name, n -> ConsoleFile.of(ConsoleFiles.read(n))), type));
    }

    private static Response answer(Request request, ConsoleFile file, String type) {
        boolean packed = acceptsGzip(request.header("Accept-Encoding")) && file.isWorthPacking();
        String tag = file.tag(packed);
        String known = request.header("If-None-Match");
        boolean isKnown = known != null && (known.contains(tag) || known.strip().equals("*"));
        byte[] bytes = packed ? file.packed() : file.plain();
        Response response = isKnown
                ? Response.empty(304)
                : new Response(200, type, out -> out.write(bytes), List.of(), null);
        if (packed && !isKnown) {
            response = response.with("Content-Encoding", "gzip");
        }
        return response.with("ETag", tag).with("Cache-Control", "no-cache").with("Vary", "Accept-Encoding")
                .with("Content-Security-Policy", POLICY).with("X-Content-Type-Options", "nosniff")
                .with("Referrer-Policy", "no-referrer");
    }

    /** {@code gzip;q=0} refuses it. */
    private static boolean acceptsGzip(@Nullable String accepted) {
        if (accepted == null) {
            return false;
        }
        for (String one : accepted.split(",")) {
            String coding = one.replace(" ", "").toLowerCase(Locale.ROOT);
            if (coding.equals("gzip") || coding.startsWith("gzip;") && !coding.matches("gzip;q=0(\\.0*)?")) {
                return true;
            }
        }
        return false;
    }
}
