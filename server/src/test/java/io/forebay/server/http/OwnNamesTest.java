package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.Position;
import io.forebay.engine.WriteOptions;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Database;
import io.forebay.server.auth.Authentication;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenStore;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By which names a server may be called: a page whose name comes to stand for this machine reads and writes nothing. */
class OwnNamesTest {
    private static final String COLLECTIONS = "/api/v2/tenants/default_tenant/databases/default_database"
            + "/collections";

    @TempDir
    Path directory;

    @AfterEach
    void nothingLeaks() {
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private TestServer start(String... hosts) {
        return TestServer.start(directory, TestServer.options().withHosts(List.of(hosts)));
    }

    private static Wire.Answer ask(TestServer server, String method, String target, String... hosts)
            throws IOException {
        try (Wire wire = new Wire(server)) {
            StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
            for (String host : hosts) {
                head.append("Host: ").append(host).append("\r\n");
            }
            return wire.send(head + "Content-Length: 0\r\n\r\n").answer();
        }
    }

    private static int status(TestServer server, String target, String... hosts) throws IOException {
        return ask(server, "GET", target, hosts).status();
    }

    @Test
    void aForeignNameReadsAndWritesNothing() throws IOException {
        try (TestServer server = start()) {
            Wire.Answer refused = ask(server, "GET", COLLECTIONS, "evil.example:8000");
            assertThat(refused.status()).isEqualTo(421);
            assertThat(refused.body()).contains("\"error\":\"ChromaError\"", "'evil.example'",
                    "server.hosts");
            for (String target : List.of("/", "/console/", "/docs", "/metrics", "/api/v2/version",
                    "/api/v2/healthcheck", "/nowhere", "/api/forebay/overview")) {
                assertThat(status(server, target, "evil.example")).as(target).isEqualTo(421);
            }
            assertThat(ask(server, "POST", COLLECTIONS, "evil.example").status()).isEqualTo(421);
            assertThat(ask(server, "OPTIONS", COLLECTIONS, "evil.example").status()).isEqualTo(421);
            assertThat(status(server, COLLECTIONS, "localhost.evil.example")).isEqualTo(421);
            assertThat(status(server, COLLECTIONS, "127.0.0.1.evil.example")).isEqualTo(421);
            assertThat(status(server, COLLECTIONS, "evil.example.")).isEqualTo(421);
            assertThat(status(server, COLLECTIONS, "notlocalhost.com")).isEqualTo(421);
        }
    }

    @Test
    void oneForeignNameOfSeveralIsEnough() throws IOException {
        try (TestServer server = start()) {
            assertThat(status(server, COLLECTIONS, "localhost", "evil.example")).isEqualTo(421);
            assertThat(status(server, "http://evil.example:8000" + COLLECTIONS, "localhost")).isEqualTo(421);
            assertThat(status(server, "http://localhost:8000" + COLLECTIONS, "localhost")).isEqualTo(200);
        }
    }

    @Test
    void addressesLocalhostAndNamesOfThisHouseAreOwn() throws IOException {
        try (TestServer server = start()) {
            String machine = InetAddress.getLocalHost().getHostName();
            for (String host : List.of("localhost", "LocalHost:8000", "localhost.", "app.localhost:1",
                    "127.0.0.1:8000", "192.168.7.7", "[::1]:8000", "[fe80::1]", "forebay:8000", "", machine,
                    machine.toUpperCase(Locale.ROOT) + ":8000")) {
                assertThat(status(server, COLLECTIONS, host)).as(host).isEqualTo(200);
            }
            assertThat(status(server, COLLECTIONS)).as("none").isEqualTo(200);
        }
    }

    @Test
    void namesThatAreConfiguredAreOwn() throws IOException {
        try (TestServer server = start("db.example.com", "*.house.example")) {
            assertThat(status(server, COLLECTIONS, "DB.example.com:443")).isEqualTo(200);
            assertThat(status(server, COLLECTIONS, "a.b.house.example")).isEqualTo(200);
            assertThat(status(server, COLLECTIONS, "house.example")).isEqualTo(421);
            assertThat(status(server, COLLECTIONS, "xdb.example.com")).isEqualTo(421);
            assertThat(status(server, COLLECTIONS, "localhost")).isEqualTo(200);
        }
        try (TestServer server = start("*")) {
            assertThat(status(server, COLLECTIONS, "evil.example")).isEqualTo(200);
        }
    }

    @Test
    void probesAnswerToAnyNameAndTellStrangersNoReasons() throws IOException {
        try (TestServer server = start()) {
            UUID docs = server.engine.createCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE,
                    "docs", null, CollectionConfig.DEFAULT, false).join().id();
            server.engine.write(docs, DeadLettersTest.poison("bad"), WriteOptions.DEFAULT).join();
            server.engine.flush(docs, Position.APPLIED).join();
            assertThat(ask(server, "GET", "/healthz", "localhost").body()).contains("yellow", "set aside");
            assertThat(ask(server, "GET", "/healthz", "probe.example").body()).contains("yellow");
            for (String probe : List.of("/livez", "/readyz", "/healthz")) {
                Wire.Answer answer = ask(server, "GET", probe, "probe.example");
                assertThat(answer.status()).as(probe).isEqualTo(200);
                assertThat(TestJson.object(answer.body()).get("reasons")).as(probe)
                        .isIn(null, List.of());
            }
        }
    }

    @Test
    void aNameIsWhatIsLeftWithoutUserAndPort() {
        OwnNames trusting = OwnNames.of(List.of(), "127.0.0.1", true);
        for (String own : List.of("::1", "[::1]", "[::1]:8000", "me@localhost", "a:b@localhost:8000",
                "evil.example@127.0.0.1", "localhost.localdomain:8000", "localhost4.localdomain4",
                "localhost6.localdomain6", "ip6-localhost", "ip6-loopback")) {
            assertThat(trusting.has(own)).as(own).isTrue();
        }
        for (String foreign : List.of("a:b@evil.example", "localhost@evil.example:80",
                "127.0.0.1:80@evil.example", "a@b@evil.example", "evil.example:80:80",
                "localhost:80:evil.example", "[::1].evil.example", "[evil.example]", "a.localdomain")) {
            assertThat(trusting.has(foreign)).as(foreign).isFalse();
        }
        assertThat(OwnNames.name("a:b@evil.example:8000")).isEqualTo("evil.example");
        assertThat(OwnNames.name("[::1]:8000")).isEqualTo("::1");
    }

    @Test
    void namesAreConfiguredWithAPortOrWithout() {
        OwnNames names = OwnNames.of(List.of("db.example.com:8000", "*.house.example:80"), "127.0.0.1",
                false);
        assertThat(names.has("db.example.com")).isTrue();
        assertThat(names.has("db.example.com:9000")).isTrue();
        assertThat(names.has("a.house.example")).isTrue();
        assertThat(names.has("evil.example:8000")).isFalse();
    }

    @Test
    void theNameThatItListensOnIsItsOwn() {
        OwnNames names = OwnNames.of(List.of(), "Box.example.com", true);
        assertThat(names.has("box.example.com:8000")).isTrue();
        assertThat(names.has("other.example.com")).isFalse();
    }

    @Test
    void whoIsReachedFromElsewhereOrAsksForTokensIsCalledByAnyNameUnlessNamesAreSaid() throws IOException {
        try (TestServer server = TestServer.start(directory.resolve("all"),
                TestServer.options().withAddress("0.0.0.0", 0))) {
            assertThat(status(server, COLLECTIONS, "db.example.com")).isEqualTo(200);
        }
        try (TestServer server = TestServer.start(directory.resolve("said"),
                TestServer.options().withAddress("0.0.0.0", 0).withHosts(List.of("db.example.com")))) {
            assertThat(status(server, COLLECTIONS, "db.example.com")).isEqualTo(200);
            assertThat(status(server, COLLECTIONS, "evil.example")).isEqualTo(421);
        }
        Tokens made = new Tokens(directory);
        made.make("boss", Role.ADMIN);
        try (Authentication tokens = TokenStore.open(made.file)) {
            try (TestServer server = TestServer.start(directory.resolve("tokens-on"), TestServer.options(),
                    TestServer.engineOptions(), tokens)) {
                assertThat(status(server, COLLECTIONS, "evil.example")).isEqualTo(401);
            }
            try (TestServer server = TestServer.start(directory.resolve("both"),
                    TestServer.options().withHosts(List.of("db.example.com")),
                    TestServer.engineOptions(), tokens)) {
                assertThat(status(server, COLLECTIONS, "evil.example")).isEqualTo(421);
                assertThat(status(server, COLLECTIONS, "db.example.com")).isEqualTo(401);
            }
        }
    }
}
