package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.http.route.ConsoleFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the files of the console are served; what they do is in {@link ConsoleTest}. */
class ConsoleRoutesTest {
    private static final Path FOLDER = Path.of(System.getProperty("forebay.root"),
            "server/src/main/resources/io/forebay/server/http/console");
    /** Of all files, as they are. */
    private static final int BYTES_MAX = 250_000;

    @TempDir
    static Path directory;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path)).GET();
        if (headers.length > 0) {
            request.headers(headers);
        }
        return server.client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse(null);
    }

    @Test
    void everyFileOfTheFolderIsServedWithItsTypeAndTheyAreSmallTogether() throws Exception {
        Set<String> there;
        try (Stream<Path> files = Files.walk(FOLDER)) {
            there = files.filter(Files::isRegularFile).map(file -> FOLDER.relativize(file).toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
        assertThat(ConsoleFiles.names()).isEqualTo(there);
        int sum = 0;
        for (String name : there) {
            HttpResponse<byte[]> answer = get("/console/" + name);
            assertThat(answer.statusCode()).as(name).isEqualTo(200);
            assertThat(answer.body()).as(name).isEqualTo(Files.readAllBytes(FOLDER.resolve(name)));
            assertThat(header(answer, "content-type")).as(name).startsWith(
                    name.endsWith(".js") ? "text/javascript" : name.endsWith(".css") ? "text/css" : "");
            sum += answer.body().length;
        }
        assertThat(sum).isLessThan(BYTES_MAX);
    }

    @Test
    void aPageMayLoadNothingFromElsewhereAndIsNotFramed() throws Exception {
        HttpResponse<byte[]> page = get("/console/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Content-Security-Policy")).contains("default-src 'none'",
                "script-src 'self';",
                "style-src 'self';", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
                "form-action 'none'").doesNotContain("unsafe");
        assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(page, "Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(new String(page.body(), StandardCharsets.UTF_8)).contains("<main")
                .doesNotContain("http://", "https://", "style=", "onclick=");
    }

    @Test
    void whoHasAFileIsToldThatItIsStillRight() throws Exception {
        HttpResponse<byte[]> first = get("/console/app.js");
        String tag = header(first, "ETag");
        assertThat(header(first, "Cache-Control")).isEqualTo("no-cache");
        HttpResponse<byte[]> again = get("/console/app.js", "If-None-Match", tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(get("/console/app.js", "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
        assertThat(header(get("/console/dom.js"), "ETag")).isNotEqualTo(tag);
    }

    @Test
    void aFileIsPackedForWhoAcceptsThat() throws Exception {
        byte[] plain = get("/console/vendor/uPlot.iife.min.js").body();
        HttpResponse<byte[]> packed = get("/console/vendor/uPlot.iife.min.js", "Accept-Encoding",
                "br, gzip;q=0.8");
        assertThat(header(packed, "Content-Encoding")).isEqualTo("gzip");
        assertThat(header(packed, "Vary")).isEqualTo("Accept-Encoding");
        assertThat(packed.body().length).isLessThan(plain.length / 2);
        assertThat(unpacked(packed.body())).isEqualTo(plain);
        String tag = header(packed, "ETag");
        assertThat(get("/console/vendor/uPlot.iife.min.js", "Accept-Encoding", "gzip", "If-None-Match", tag)
                .statusCode())
                .isEqualTo(304);
        // What is not packed is another representation.
        assertThat(get("/console/vendor/uPlot.iife.min.js", "If-None-Match", tag).statusCode())
                .isEqualTo(200);
        assertThat(header(get("/console/app.js", "Accept-Encoding", "gzip;q=0"), "Content-Encoding"))
                .isNull();
    }

    private static byte[] unpacked(byte[] packed) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }

    @Test
    void nothingElseCanBeAskedFor() throws Exception {
        for (String path : new String[]{"/console/none.js", "/console/views/", "/console/views/none.js",
                "/console/package-info.class", "/console/../openapi/document.json",
                "/console/%2e%2e/docs/index.html",
                "/console/..%2fdocs%2findex.html", "/console/views/..%2fapp.js",
                "/console/views/%2e%2e%2f%2e%2e%2f",
                "/console//app.js", "/console/views/../app.js", "/console/app.js%00.css",
                "/console/\\..\\app.js"
                        .replace("\\", "%5c"),
                "/console/APP.JS"}) {
            String answer = raw(path);
            assertThat(answer).as(path).startsWith("HTTP/1.1 404");
        }
    }

    /** As it is written: a client of the JDK would mend the path. */
    private static String raw(String path) throws IOException {
        try (Socket socket = server.socket()) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void theRootLeadsBrowsersToItAndNobodyElse() throws Exception {
        HttpResponse<byte[]> browser = get("/", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        assertThat(browser.statusCode()).isEqualTo(307);
        assertThat(server.uri("/").resolve(header(browser, "Location")).getPath()).isEqualTo("/console/");
        HttpResponse<byte[]> bare = get("/console");
        assertThat(bare.statusCode()).isEqualTo(307);
        assertThat(server.uri("/console").resolve(header(bare, "Location")).getPath()).isEqualTo("/console/");
        assertThat(get("/").statusCode()).isEqualTo(404); // as Chroma's server answers
        assertThat(get("/", "Accept", "application/json").statusCode()).isEqualTo(404);
    }

    @Test
    void itCanBeSwitchedOff(@TempDir Path other) {
        try (TestServer without = TestServer.start(other, TestServer.options().withConsole(false))) {
            for (String path : new String[]{"/", "/console", "/console/", "/console/app.js",
                    "/console/views/log.js"}) {
                assertThat(without.get(path).statusCode()).as(path).isEqualTo(404);
            }
            assertThat(without.get("/docs/").statusCode()).isEqualTo(200);
        }
    }
}
