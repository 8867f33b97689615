package io.forebay.server.http.route;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/**
 * The OpenAPI document, and Swagger UI to read and try it: the files of its webjar, and a page of our own that loads
 * nothing from elsewhere. Only what stands in a table here is served, whatever a path says.
 *
 * <p>Threads: a file is read from the class path by the JVM's common pool when it is asked for first, and kept.
 */
final class DocsRoutes {
    /** The version is that of the pom. */
    private static final String WEBJAR = "/META-INF/resources/webjars/swagger-ui/5.34.1/";
    private static final String OURS = "/io/forebay/server/http/docs/";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String CSS = "text/css; charset=utf-8";
    private static final String JS = "text/javascript; charset=utf-8";
    private static final String PNG = "image/png";
    /** Swagger UI sets styles of single elements; nothing else needs more than this server. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
            + " img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'none'";
    private static final String ASK_AGAIN = "no-cache";
    private static final String A_DAY = "public, max-age=86400";

    private static final Map<String, Source> FILES = Map.of(
            "swagger-ui.css", new Source(WEBJAR + "swagger-ui.css", CSS),
            "index.css", new Source(WEBJAR + "index.css", CSS),
            "swagger-ui-bundle.js", new Source(WEBJAR + "swagger-ui-bundle.js", JS),
            "favicon-16x16.png", new Source(WEBJAR + "favicon-16x16.png", PNG),
            "favicon-32x32.png", new Source(WEBJAR + "favicon-32x32.png", PNG),
            "initializer.js", new Source(OURS + "initializer.js", JS));

    private final Map<String, Content> loaded = new ConcurrentHashMap<>();

    private record Source(String resource, String type) {}

    /** @param tag its ETag, quotes included */
    private record Content(byte[] bytes, String tag) {
        static Content of(byte[] bytes) {
            CRC32C crc = new CRC32C();
            crc.update(bytes);
            return new Content(bytes, "\"" + Long.toHexString(crc.getValue()) + "-" + bytes.length + "\"");
        }
    }

    void addTo(List<Route> routes) {
        routes.add(Api.get("/openapi.json",
                r -> answer(r, "openapi", "application/json", ASK_AGAIN, OpenApi::document))
                .needs(Access.OPEN));
        routes.add(Api.get("/docs", r -> CompletableFuture
                .completedFuture(Response.empty(303).with("Location", "/docs/"))).needs(Access.OPEN));
        routes.add(Api.get("/docs/", r -> answer(r, "index.html", HTML, ASK_AGAIN,
                () -> OpenApi.read(OURS + "index.html"))).needs(Access.OPEN));
        routes.add(Api.get("/docs/{file}", this::file).needs(Access.OPEN));
    }

    private CompletableFuture<Response> file(Request request) {
        String name = request.variable("file");
        Source source = FILES.get(name);
        return source == null
                ? CompletableFuture.completedFuture(Response.empty(404))
                : answer(request, name, source.type, A_DAY, () -> OpenApi.read(source.resource));
    }

    private CompletableFuture<Response> answer(Request request, String name, String type, String caching,
            Supplier<byte[]> source) {
        Content content = loaded.get(name);
        if (content != null) {
            return CompletableFuture.completedFuture(answer(request, content, type, caching));
        }
        return CompletableFuture.supplyAsync(
                () -> answer(request, loaded.computeIfAbsent(name, n -> Content.of(source.get())), type,
                        caching));
    }

    private static Response answer(Request request, Content content, String type, String caching) {
        String known = request.header("If-None-Match");
        boolean isKnown = known != null && (known.contains(content.tag) || known.strip().equals("*"));
        Response response = isKnown
                ? Response.empty(304)
                : new Response(200, type, out -> out.write(content.bytes), List.of(), null);
        return response.with("ETag", content.tag).with("Cache-Control", caching)
                .with("X-Content-Type-Options", "nosniff").with("Content-Security-Policy", POLICY);
    }
}
