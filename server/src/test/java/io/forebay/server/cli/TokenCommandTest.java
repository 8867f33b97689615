package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.forebay.server.auth.Authentication;
import io.forebay.server.auth.Limits;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenFile;
import io.forebay.server.auth.TokenFileException;
import io.forebay.server.config.ConfigLoader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code forebay token}, and which servers start without one. */
class TokenCommandTest {
    @TempDir
    Path folder;

    private Authentication open(String mode, String host) {
        return AuthSetup.open(ConfigLoader.load(null, Map.of(),
                Map.of("server.path", folder.toString(), "server.host", host, "auth.mode", mode)));
    }

    @Test
    void theTokenAloneIsOnStandardOutput() {
        Outcome made = Outcome.of("token", "create", "--path", folder.toString(), "--role", "write", "--id",
                "loader",
                "--tenant", "t1", "--tenant", "t2", "--database", "d", "--expires", "90d");
        assertThat(made.code()).isZero();
        String token = made.out().strip();
        assertThat(token).startsWith("fb_loader_");
        assertThat(made.err())
                .contains("token loader: write, tenants t1, t2, databases d, expires ", "first one")
                .doesNotContain(token.substring(11));
        var kept = new TokenFile(folder.resolve("tokens")).read().get("loader");
        assertThat(kept.limits()).isEqualTo(new Limits(Set.of("t1", "t2"), Set.of("d")));
        assertThat(Duration.between(kept.created(), kept.expires())).isEqualTo(Duration.ofDays(90));
        try (Authentication opened = open("auto", "0.0.0.0")) {
            assertThat(opened.identify(token).role()).isEqualTo(Role.WRITE);
        }
    }

    @Test
    void listAndRevoke() {
        String path = folder.toString();
        Outcome.of("token", "create", "--path", path, "--role", "read", "--id", "one");
        String two = Outcome
                .of("token", "create", "--path", path, "--role", "admin", "--id", "two", "--expires",
                        "2099-01-31")
                .out();
        Outcome list = Outcome.of("token", "list", "--path", path);
        assertThat(list.out().lines()).hasSize(3);
        assertThat(list.out()).containsPattern("one +read +\\* +\\* +\\S+ +never")
                .containsPattern("two +admin +\\* +\\* +\\S+ +2099-01-31T00:00:00Z")
                .doesNotContain(two.strip().substring(8)).doesNotContain("sha256");
        assertThat(Outcome.of("token", "revoke", "--path", path, "one", "three").err())
                .contains("no token three");
        assertThat(Outcome.of("token", "revoke", "--path", path, "one").code()).isZero();
        assertThat(Outcome.of("token", "list", "--path", path).out().lines()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"--role,root,--id,x,'--role is ''root'', must be read, write or admin'",
            "--role,read,--id,X,'--id is ''X'''",
            "--role,read,--expires,soon,'--expires is ''soon'', must be like'",
            "--role,read,--expires,0d,--expires", "--role,read,--expires,2020-01-01,must be after now",
            "--role,read,--expires,2027-13-01,--expires"})
    void whatIsWrongIsOneLineAndNothingIsMade(String a, String b, String c, String d, String message) {
        Outcome outcome = Outcome.of("token", "create", "--path", folder.toString(), a, b, c, d);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err().lines()).singleElement().asString().contains(message);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void withoutAFileThereIsNothingToListOrRevoke() {
        assertThat(Outcome.of("token", "list", "--path", folder.toString()).err())
                .contains("there is no file of tokens");
        assertThat(Outcome.of("token").out()).contains("create", "list", "revoke");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1", "localhost", "::1", "127.3.2.1"})
    void onALoopbackAddressNobodyNeedsATokenUnlessThereAreSome(String host) {
        try (Authentication opened = open("auto", host)) {
            assertThat(opened.isOn()).isFalse();
        }
        Outcome.of("token", "create", "--path", folder.toString(), "--role", "admin");
        try (Authentication opened = open("auto", host)) {
            assertThat(opened.isOn()).isTrue();
        }
        try (Authentication opened = open("off", host)) {
            assertThat(opened.isOn()).isFalse();
        }
    }

    @Test
    void onAnyOtherAddressAServerWithoutTokensDoesNotStart() throws Exception {
        assertThatThrownBy(() -> open("auto", "0.0.0.0")).isInstanceOf(CommandException.class)
                .hasMessageContaining("forebay token create").hasMessageContaining("--set auth.mode=off");
        Outcome outcome = Outcome.of("run", "--path", folder.resolve("new").toString(), "--host", "0.0.0.0",
                "--port",
                "0");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err().lines()).singleElement().asString().contains("no loopback address");
        assertThat(Files.exists(folder.resolve("new"))).isFalse();
        try (Authentication opened = open("off", "0.0.0.0")) {
            assertThat(opened.isOn()).isFalse();
        }
        assertThatThrownBy(() -> open("tokens", "127.0.0.1")).isInstanceOf(TokenFileException.class)
                .hasMessageContaining("there is no file of tokens");
    }

    @Test
    void lagSendsTheTokenThatItIsGiven() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("x-chroma-token")));
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("[]".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            assertThat(Outcome.of("lag", "--url", url, "--token", "fb_a_b").code()).isZero();
            assertThat(Outcome.of("lag", "--url", url).code()).isZero();
            assertThat(Outcome.of("lag", "--url", url, "--token", "a b").err()).contains("visible ASCII")
                    .doesNotContain("a b");
        } finally {
            server.stop(0);
        }
        assertThat(seen).containsExactly("fb_a_b", String.valueOf(System.getenv("FOREBAY_TOKEN")));
    }
}
