package io.forebay.server.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java client over TLS, with a certificate that nobody knows but who made it. */
class TlsClientTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path keys;
    @TempDir
    Path directory;

    private static KeyStore store;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path file = keys.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "forebay", "-keyalg", "EC", "-groupname", "secp256r1", "-dname",
                "CN=forebay", "-ext", "san=ip:127.0.0.1", "-validity", "10", "-storetype", "PKCS12",
                "-keystore",
                file.toString(), "-storepass", new String(PASSWORD)).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes());
        assertThat(keytool.waitFor()).as(said).isZero();
        store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
    }

    private static SslContext server() throws Exception {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD);
        return SslContextBuilder.forServer(managers).build();
    }

    private static SSLContext trusting() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("forebay", store.getCertificate("forebay"));
        TrustManagerFactory managers = TrustManagerFactory
                .getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    @Test
    void everythingGoesThroughTls() throws Exception {
        try (BothPorts ports = BothPorts.withTls(directory, server());
                ForebayClient client = BothPorts.builder("forebays", ports.binaryPort())
                        .sslContext(trusting())
                        .connections(2).build()) {
            CollectionClient docs = client.createCollection("docs", CollectionConfig.DEFAULT);
            List<CompletableFuture<?>> writes = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                float[] embedding = new float[16_000]; // many records of TLS
                embedding[15_999] = i;
                writes.add(docs
                        .writeAsync(RecordBatch.builder(Operation.ADD).record("r" + i, embedding).build()));
            }
            CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).join();
            assertThat(docs.count()).isEqualTo(40);
            assertThat(docs.get(GetRequest.ofIds("r7")).get(0).embedding()[15_999]).isEqualTo(7);
        }
    }

    @Test
    void anUnknownCertificateIsRefusedAtOnceWithTheReason() throws Exception {
        try (BothPorts ports = BothPorts.withTls(directory, server());
                ForebayClient client = BothPorts.builder("forebays", ports.binaryPort()).build()) {
            assertThatThrownBy(client::version)
                    .hasMessageContaining("the certificate of forebays://127.0.0.1")
                    .hasMessageContaining("is not trusted").isInstanceOfSatisfying(ForebayException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        }
    }

    @Test
    void oneSideWithoutTlsIsAClearError() throws Exception {
        try (BothPorts ports = BothPorts.withTls(directory, server());
                ForebayClient client = BothPorts.builder("forebay", ports.binaryPort()).retries(0)
                        .connectTimeout(Duration.ofSeconds(1)).build()) {
            assertThatThrownBy(client::version).isInstanceOf(ForebayException.class)
                    .hasMessageContaining("forebay://127.0.0.1:" + ports.binaryPort());
        }
        try (BothPorts ports = new BothPorts(directory.resolve("plain"));
                ForebayClient client = BothPorts.builder("forebays", ports.binaryPort())
                        .sslContext(trusting())
                        .retries(0).connectTimeout(Duration.ofSeconds(1)).build()) {
            assertThatThrownBy(client::version).isInstanceOf(ForebayException.class)
                    .hasMessageContaining("cannot connect to forebays://127.0.0.1:" + ports.binaryPort());
        }
        try (BothPorts ports = new BothPorts(directory.resolve("http"));
                ForebayClient client = BothPorts.builder("forebay", ports.httpPort()).retries(0).build()) {
            assertThatThrownBy(client::version).isInstanceOf(ForebayException.class)
                    .hasMessageContaining("this is the port of HTTP");
        }
    }
}
