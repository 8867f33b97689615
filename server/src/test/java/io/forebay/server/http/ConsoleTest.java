package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.forebay.engine.Position;
import io.forebay.engine.WriteOptions;
import io.forebay.etl.source.SourceOptions;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Database;
import io.forebay.server.auth.Authentication;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The web console in a real browser: Chromium from the PATH, driven by playwright-core; what is looked at is in
 * {@code src/test/js/console}. Skipped, with the reason, where there is no Chromium or npm.
 */
class ConsoleTest {
    @TempDir
    static Path installed;

    @TempDir
    Path directory;

    private static NpmProject browser;
    private static String chromium;

    @BeforeAll
    static void install() throws Exception {
        chromium = chromium();
        if (chromium == null) {
            System.out.println("skipped: no chromium on the PATH");
        }
        Assumptions.assumeTrue(chromium != null, "no chromium on the PATH");
        browser = NpmProject.install("console", installed);
    }

    private static String chromium() {
        return Stream.of(System.getenv("PATH").split(":"))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable).map(Path::toString).findFirst().orElse(null);
    }

    private TestServer start(int port, Authentication authentication) {
        return TestServer.start(directory.resolve("store"),
                TestServer.options().withAddress("127.0.0.1", port)
                        .withPatience(30_000, 60_000, 2_000),
                authentication, ImportHttpTest.options(1 << 30, 0),
                SourceOptions.NONE);
    }

    private static Map<String, String> environment(TestServer server) {
        Map<String, String> all = new HashMap<>();
        all.put("FOREBAY_URL", server.uri("").toString());
        all.put("FOREBAY_CHROMIUM", chromium);
        all.put("FOREBAY_ROOT", System.getProperty("forebay.root"));
        return all;
    }

    private static void check(NpmProject.Outcome outcome, int tests) {
        outcome.output().lines().filter(line -> line.startsWith("# ")).forEach(System.out::println);
        assertThat(outcome.code()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("ℹ pass " + tests + "\n");
    }

    @Test
    void everyViewWorksIsAccessibleAndAsksNobodyElse() throws Exception {
        try (TestServer server = start(0, Authentication.OFF)) {
            Map<String, String> all = environment(server);
            all.put("FOREBAY_DAMAGED", damaged(server).toString());
            check(browser.test("console.test.mjs", all), 13);
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    /** A collection of which two batches are set aside. */
    private static UUID damaged(TestServer server) {
        UUID id = server.engine
                .createCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "damaged",
                        null, CollectionConfig.DEFAULT, false)
                .join().id();
        server.engine.write(id, DeadLettersTest.poison("bad"), WriteOptions.DEFAULT).join();
        server.engine.write(id, DeadLettersTest.poison("worse"), WriteOptions.DEFAULT).join();
        server.engine.flush(id, Position.APPLIED).join();
        return id;
    }

    @Test
    void aFileOfEachFormatIsUploadedAndFoundAndOneIsUndone() throws Exception {
        try (TestServer server = start(0, Authentication.OFF)) {
            check(browser.test("upload.test.mjs", environment(server)), 5);
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    @Test
    @Tag("long")
    void theWholeSampleIsUploadedInEachFormatLeftUndoneAndCancelled() throws Exception {
        try (TestServer server = start(0, Authentication.OFF)) {
            check(browser.longTest("upload-long.test.mjs", environment(server)), 8);
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    @Test
    void itAsksForATokenAndSaysWhatARoleMayNot() throws Exception {
        Tokens tokens = new Tokens(directory);
        String admin = tokens.make("admin", Role.ADMIN);
        String reader = tokens.make("reader", Role.READ, "default_tenant", "default_database");
        try (TokenStore store = TokenStore.open(tokens.file); TestServer server = start(0, store)) {
            Map<String, String> all = environment(server);
            all.put("FOREBAY_ADMIN", admin);
            all.put("FOREBAY_READER", reader);
            check(browser.test("tokens.test.mjs", all), 2);
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    @Test
    void itGoesOnWhenTheServerIsBackAfterARestart() throws Exception {
        restarting("restart.test.mjs", 1);
    }

    @Test
    @Tag("long")
    void anImportGoesOnWhenTheServerIsBackAfterARestart() throws Exception {
        restarting("restart-long.test.mjs", 2);
    }

    private void restarting(String file, int tests) throws Exception {
        AtomicReference<TestServer> running = new AtomicReference<>(start(0, Authentication.OFF));
        int port = running.get().server.port();
        HttpServer control = control(Map.of("/stop", () -> running.get().close(),
                "/start", () -> running.set(start(port, Authentication.OFF))));
        try {
            Map<String, String> all = environment(running.get());
            all.put("FOREBAY_CONTROL", "http://127.0.0.1:" + control.getAddress().getPort());
            check(browser.test(file, all), tests);
        } finally {
            control.stop(0);
            running.get().close();
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    /** Writes the pictures in {@code docs/images} anew, when it is asked to. */
    @Test
    @EnabledIfSystemProperty(named = "forebay.rewrite", matches = "true")
    void itIsPictured() throws Exception {
        try (TestServer server = start(0, Authentication.OFF)) {
            Map<String, String> all = environment(server);
            Path images = Path.of(System.getProperty("forebay.root"), "docs/images");
            all.put("FOREBAY_IMAGES", Files.createDirectories(images).toString());
            check(browser.test("screenshots.mjs", all), 1);
        }
    }

    /** What the test in the browser may ask of this one. */
    private static HttpServer control(Map<String, Runnable> actions) throws IOException {
        HttpServer control = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        actions.forEach((path, action) -> control.createContext(path, exchange -> {
            action.run();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        }));
        control.start();
        return control;
    }
}
