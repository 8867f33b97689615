package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.binary.TestCertificate;
import io.forebay.server.config.ConfigLoader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code forebay health}, against a server of this process and against none. */
class HealthCommandTest {
    private static final Pattern URL = Pattern.compile("listening on (http://\\S+?)[,\\s]");

    @TempDir
    Path folder;

    @Test
    void aServerThatIsWellIsCode0AndOneThatAnswersOtherwiseCode1() {
        try (ServerRuntime server = ServerRuntime.start(ConfigLoader.load(null, Map.of(),
                Map.of("server.path", folder.toString(), "server.port", "0")))) {
            Matcher url = URL.matcher(server.startLine());
            assertThat(url.find()).isTrue();
            Outcome well = Outcome.of("health", "--url", url.group(1));
            assertThat(well.code()).isZero();
            assertThat(well.out()).startsWith("{").contains("green").endsWith("}\n");
            assertThat(Outcome.of("health", "--url", url.group(1), "--probe", "nowhere").code()).isEqualTo(1);
        }
    }

    @Test
    void noServerIsCode2AndOneLine() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Outcome none = Outcome.of("health", "--port", "" + port);
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err().lines()).singleElement().asString()
                .startsWith("forebay: no answer from http://127.0.0.1:" + port);
        assertThat(Outcome.of("health", "--url", "forebay://127.0.0.1:" + port).code()).isEqualTo(1);
    }

    @Test
    void aCertificateOfOnesOwnIsTrustedWhenItIsNamed() throws Exception {
        TestCertificate own = new TestCertificate(folder);
        try (ServerRuntime server = ServerRuntime.start(ConfigLoader.load(null, Map.of(),
                Map.of("server.path", folder.resolve("store").toString(), "server.port", "0",
                        "server.tls_certificate", own.certificate.toString(), "server.tls_key",
                        own.key.toString())))) {
            Matcher url = Pattern.compile("listening on (https://\\S+?)[,\\s]").matcher(server.startLine());
            assertThat(url.find()).isTrue();
            assertThat(Outcome.of("health", "--url", url.group(1)).code()).isEqualTo(2);
            Outcome trusted = Outcome.of("health", "--url", url.group(1), "--cacert",
                    own.certificate.toString(),
                    "--probe", "livez");
            assertThat(trusted.code()).as(trusted.err()).isZero();
        }
    }
}
