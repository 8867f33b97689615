package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.client.ForebayClient;
import io.forebay.engine.Forebay;
import io.forebay.model.CollectionConfig;
import io.forebay.server.auth.Authentication;
import io.forebay.server.auth.Rates;
import io.forebay.server.binary.BinaryOptions;
import io.forebay.server.binary.BinaryServer;
import io.forebay.server.binary.TestCertificate;
import io.forebay.server.ops.Readiness;
import io.forebay.server.ops.RequestLog;
import io.forebay.server.ops.ServerOps;
import io.forebay.server.ops.TlsKeys;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP over TLS, with certificates that the JDK's keytool makes. */
class TlsPortTest {
    @TempDir
    Path directory;

    private TestCertificate pair;
    private TlsKeys keys;
    private ServerOps ops;
    private Forebay engine;
    private ServerMetrics metrics;
    private HttpServer server;

    private void start(String algorithm) throws Exception {
        LeakWatch.install();
        pair = new TestCertificate(Files.createDirectories(directory.resolve("one")), algorithm);
        keys = TlsKeys.open(pair.certificate, pair.key);
        ops = ServerOps.open(Readiness.opening(), new RequestLog(0, false), Rates.NONE, ServerOps.Audit.OFF,
                keys, keys);
        HttpOptions options = TestServer.options().withPatience(30_000, 300_000, 500);
        HttpPort port = HttpPort.open(options, ops);
        metrics = new ServerMetrics();
        engine = Forebay.open(directory.resolve("store"), TestServer.engineOptions(), metrics);
        server = HttpServer.start(port, engine, options, metrics, Authentication.OFF, null, null, ops);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
            engine.close();
            metrics.close();
            ops.close();
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private URI uri(String path) {
        return URI.create("https://127.0.0.1:" + server.port() + path);
    }

    private HttpResponse<String> get(SSLContext trust, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().sslContext(trust).build()) {
            return client.send(HttpRequest.newBuilder(uri(path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private SSLSocket socket(SSLContext trust, String... protocols) throws IOException {
        SSLSocket socket = (SSLSocket) trust.getSocketFactory().createSocket("127.0.0.1", server.port());
        socket.setSoTimeout(90_000);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        socket.startHandshake();
        return socket;
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void theJavaClientAndTheBinaryPortUseTheSameCertificate(String algorithm) throws Exception {
        start(algorithm);
        try (BinaryServer binary = BinaryServer.start(server.shared(),
                BinaryOptions.at("127.0.0.1", 0).withReloadedTls(keys::context))) {
            for (URI address : new URI[]{uri(""), URI.create("forebays://127.0.0.1:" + binary.port())}) {
                try (ForebayClient client = ForebayClient.builder(address).sslContext(pair.client())
                        .build()) {
                    client.getOrCreateCollection("docs", CollectionConfig.DEFAULT);
                    assertThat(client.version()).isEqualTo("1.0.0");
                }
            }
        }
        assertThat(get(pair.client(), "/livez").statusCode()).isEqualTo(200);
        assertThat(metrics.scrape()).containsPattern(
                "forebay_tls_certificate_expires_seconds\\{port=\"http\"\\} 8[56]\\d{4}");
        assertThatThrownBy(() -> get(SSLContext.getDefault(), "/livez"))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void tls12And13AreSpokenAndNothingOlder() throws Exception {
        start("EC");
        for (String protocol : new String[]{"TLSv1.2", "TLSv1.3"}) {
            try (SSLSocket socket = socket(pair.client(), protocol)) {
                assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
            }
        }
        assertThat(keys.context().newEngine(io.netty.buffer.ByteBufAllocator.DEFAULT).getEnabledProtocols())
                .containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
    }

    @Test
    void plainHttpIsToldToUseTls() throws Exception {
        start("EC");
        try (Socket plain = new Socket("127.0.0.1", server.port())) {
            plain.setSoTimeout(90_000);
            plain.getOutputStream()
                    .write("GET /livez HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(plain.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 400 ").contains("use https://");
        }
        try (Socket noise = new Socket("127.0.0.1", server.port())) {
            noise.setSoTimeout(90_000);
            noise.getOutputStream().write(new byte[]{1, 2, 3, 4, 5, 6});
            assertThat(noise.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(get(pair.client(), "/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void aRefusedBodyGetsItsAnswerAndTheEndOfTheConnectionIsTold() throws Exception {
        start("EC");
        try (SSLSocket socket = socket(pair.client())) {
            socket.getOutputStream()
                    .write(("POST /api/v2/tenants HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 99999999999\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void aNewCertificateHoldsForNewConnectionsAndABrokenOneIsNotTaken() throws Exception {
        start("EC");
        X509Certificate first = served(pair.client());
        TestCertificate next = new TestCertificate(Files.createDirectories(directory.resolve("two")), "RSA");
        try (SSLSocket open = socket(pair.client())) {
            // Of two files the first is new already: the pair does not fit, and is not taken.
            Files.copy(next.certificate, pair.certificate, StandardCopyOption.REPLACE_EXISTING);
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(get(pair.client(), "/healthz").body()).contains("yellow",
                            "cannot be used"));
            assertThat(served(pair.client())).isEqualTo(first);
            Files.copy(next.key, pair.key, StandardCopyOption.REPLACE_EXISTING);
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(get(next.client(), "/healthz").body()).contains("green"));
            assertThat(served(next.client())).isNotEqualTo(first);
            // A connection that was there before goes on with what it has.
            open.getOutputStream()
                    .write("GET /livez HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(open.getInputStream().readNBytes(15)).asString().isEqualTo("HTTP/1.1 200 OK");
        }
        Files.writeString(pair.key, "broken");
        await().ignoreExceptions().untilAsserted(
                () -> assertThat(get(next.client(), "/healthz").body()).contains("no private key"));
        Files.delete(pair.key);
        await().ignoreExceptions().untilAsserted(
                () -> assertThat(get(next.client(), "/healthz").body()).contains("server.key"));
    }

    private X509Certificate served(SSLContext trust) throws IOException {
        try (SSLSocket socket = socket(trust)) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void npmsClientWorksOverTls() throws Exception {
        NpmProject client = NpmProject.install("chromadb", Files.createDirectories(directory.resolve("npm")));
        start("RSA");
        NpmProject.Outcome outcome = client.test("tls.test.mjs", Map.of("FOREBAY_URL", uri("").toString(),
                "NODE_EXTRA_CA_CERTS", pair.certificate.toString()));
        assertThat(outcome.code()).as(outcome.output()).isZero();
    }
}
