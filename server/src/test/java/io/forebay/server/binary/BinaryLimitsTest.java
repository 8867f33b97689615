package io.forebay.server.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import io.forebay.server.auth.Limits;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenFile;
import io.forebay.server.auth.TokenStore;
import io.forebay.server.http.HttpOptions;
import io.forebay.server.http.LeakWatch;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Credit, numbers of requests, memory, heartbeats, TLS and tokens of the binary port. */
class BinaryLimitsTest {
    private static final byte[] NONE = {};

    @TempDir
    Path directory;

    private BinaryTestServer server;

    @AfterEach
    void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static RecordBatch batch(String prefix, int count, int dimension) {
        RecordBatchBuilder builder = RecordBatch.builder(Operation.UPSERT);
        for (int i = 0; i < count; i++) {
            float[] embedding = new float[dimension];
            embedding[i % dimension] = 1;
            builder.record(prefix + i, embedding);
        }
        return builder.build();
    }

    @Test
    void whatWasTakenIsGivenBackAndNobodyGoesBeyondTheWindow() throws IOException {
        int window = 20_000;
        server = BinaryTestServer.start(directory, BinaryTestServer.options(),
                all -> all.withLimits(window, 1024));
        UUID docs = server.collection("docs");
        long credit = window;
        try (FrameSocket client = FrameSocket.to(server)) {
            assertThat(client.helloOk.head().number("window_bytes", 0)).isEqualTo(window);
            for (int i = 1; i <= 200; i++) {
                byte[] frame = FrameSocket.frame(FrameType.WRITE, i, docs, new Fields(),
                        FrameSocket.bytes(batch("r" + i, 10, 64)), 0);
                assertThat(credit).isPositive();
                credit -= frame.length;
                client.out.write(frame);
                FrameSocket.Frame answer = client.any();
                while (answer.type() == FrameType.CREDIT) {
                    credit += answer.header().credit();
                    answer = client.any();
                }
                assertThat(answer.type()).isEqualTo(FrameType.ANSWER);
                credit += answer.header().credit();
            }
            assertThat(credit).isBetween(window / 2L, (long) window + 200);
        }
        try (FrameSocket client = FrameSocket.to(server)) {
            // A frame is longer than the window, which is allowed; nobody may begin another before it was taken.
            byte[] large = FrameSocket.frame(FrameType.WRITE, 1, docs, new Fields(),
                    FrameSocket.bytes(batch("large", 200, 64)), 0);
            assertThat(large.length).isGreaterThan(2 * window);
            client.out.write(large);
            assertThat(client.next().type()).isEqualTo(FrameType.ANSWER);
        }
        assertThat(server.engine.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(2_200);
    }

    @Test
    void tooManyUnansweredRequestsEndTheConnection() throws IOException {
        server = BinaryTestServer.start(directory, BinaryTestServer.options(),
                all -> all.withLimits(1 << 20, 3));
        UUID docs = server.collection("docs");
        try (FrameSocket client = FrameSocket.to(server)) {
            for (int i = 1; i <= 4; i++) {
                client.out.write(
                        FrameSocket.frame(FrameType.CHANGES, i, docs, new Fields(), NONE, 1 << 20));
            }
            FrameSocket.Frame error = client.next();
            assertThat(error.id()).isZero();
            assertThat(error.message()).contains("requests_max");
            assertThat(client.isClosedByServer()).isTrue();
        }
        await().until(() -> server.http.shared().feeds().open() == 0);
    }

    @Test
    void aLargeFrameWaitsForRoomAmongTheBodiesAndIsRefusedAfterAWhile() throws IOException {
        HttpOptions options = BinaryTestServer.options().withBodyBytes(1 << 20, 1 << 20).withBodyWait(700);
        server = BinaryTestServer.start(directory, options, all -> all);
        UUID docs = server.collection("docs");
        byte[] frame = FrameSocket.frame(FrameType.WRITE, 1, docs, new Fields(),
                FrameSocket.bytes(batch("x", 200, 512)), 0);
        byte[] second = FrameSocket.frame(FrameType.COUNT, 2, docs, new Fields(), NONE, 0);
        try (FrameSocket first = FrameSocket.to(server);
                FrameSocket other = FrameSocket.to(server);
                FrameSocket last = FrameSocket.to(server)) {
            first.out.write(frame, 0, frame.length - 1); // has its room and does not end
            await().until(() -> server.http.shared().budget().bytes() == frame.length);
            other.out.write(frame);
            assertThat(other.next().type()).isEqualTo(FrameType.ANSWER);
            byte[] whole = FrameSocket.frame(FrameType.WRITE, 1, docs, new Fields(),
                    FrameSocket.bytes(batch("y", 350, 512)), 0);
            last.out.write(whole);
            last.out.write(second);
            FrameSocket.Frame refused = last.next();
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.head().number("retry_after_seconds", 0)).isPositive();
            assertThat(refused.message()).contains("server.max_bodies_in_flight_bytes");
            assertThat(last.next().head().number("count", 0)).isEqualTo(200);
            last.out.write(FrameSocket.frame(FrameType.WRITE, 3, docs, new Fields(),
                    FrameSocket.bytes(batch("y", 350, 512)), 0));
            await().until(() -> server.http.shared().budget().waiting() == 1);
            first.out.write(frame, frame.length - 1, 1);
            assertThat(first.next().type()).isEqualTo(FrameType.ANSWER);
            assertThat(last.next().type()).isEqualTo(FrameType.ANSWER);
        }
        assertThat(server.http.shared().budget().bytes()).isZero();
        assertThat(server.engine.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(550);
    }

    @Test
    void whoIsSilentIsAskedAndWhoDoesNotAnswerIsLeft() throws IOException {
        server = BinaryTestServer.start(directory, BinaryTestServer.options(),
                all -> all.withHeartbeatMillis(200));
        try (FrameSocket client = FrameSocket.to(server)) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.any().type()).isEqualTo(FrameType.PING);
                client.send(FrameType.PONG, 0, FrameHeader.NONE, new Fields(), NONE);
            }
            client.send(FrameType.PING, 77, FrameHeader.NONE, new Fields(), NONE);
            FrameSocket.Frame pong = client.next();
            assertThat(pong.type()).isEqualTo(FrameType.PONG);
            assertThat(pong.id()).isEqualTo(77);
            // From now on it says nothing.
            assertThatThrownBy(() -> {
                while (true) {
                    assertThat(client.any().type()).isEqualTo(FrameType.PING);
                }
            }).isInstanceOf(IOException.class);
        }
        await().atMost(Duration.ofSeconds(90)).until(() -> server.metrics.scrape().contains(
                "forebay_binary_connections 0.0"));
    }

    @Test
    void withTlsOnlyWhoTrustsTheCertificateGetsThrough() throws Exception {
        TestCertificate certificate = new TestCertificate(directory);
        SslContext tls = certificate.server();
        server = BinaryTestServer.start(directory.resolve("store"), BinaryTestServer.options(),
                all -> all.withTls(tls));
        UUID docs = server.collection("docs");
        try (FrameSocket client = new FrameSocket(
                certificate.client().getSocketFactory().createSocket("127.0.0.1", server.binary.port()))) {
            client.hello(new Fields());
            for (int i = 1; i <= 20; i++) {
                client.write(i, docs, batch("r" + i + "-", i * 20, 128));
                assertThat(client.next().type()).isEqualTo(FrameType.ANSWER);
            }
            assertThat(client.ask(FrameType.COUNT, 99, docs, new Fields(), NONE).head().number("count", 0))
                    .isEqualTo(20 * 210);
        }
        assertThatThrownBy(() -> {
            try (FrameSocket stranger = new FrameSocket(SSLSocketFactory.getDefault()
                    .createSocket("127.0.0.1", server.binary.port()))) {
                stranger.hello(new Fields());
            }
        }).isInstanceOf(SSLHandshakeException.class);
        try (FrameSocket plain = new FrameSocket(new Socket("127.0.0.1", server.binary.port()))) {
            assertThatThrownBy(() -> plain.hello(new Fields())).isInstanceOf(Exception.class);
        }
    }

    @Test
    void aTokenOpensWhatItMayAndNothingElse() throws Exception {
        TokenFile file = new TokenFile(directory.resolve("tokens"));
        String reader = TokenStore.create(file, "reader", Role.READ, Limits.NONE, Instant.now(), null);
        String elsewhere = TokenStore.create(file, "elsewhere", Role.WRITE,
                new Limits(Set.of("other"), Set.of()),
                Instant.now(), null);
        String writer = TokenStore.create(file, "writer", Role.WRITE, Limits.NONE, Instant.now(), null);
        server = BinaryTestServer.start(directory.resolve("store"), BinaryTestServer.options(), all -> all,
                TokenStore.open(file));
        UUID docs = server.collection("docs");
        for (String wrong : List.of("", "nothing")) {
            try (FrameSocket client = FrameSocket.to(server, new Fields().put("token", wrong))) {
                assertThat(client.helloOk.type()).isEqualTo(FrameType.ERROR);
                assertThat(client.helloOk.status()).isEqualTo(401);
                assertThat(client.isClosedByServer()).isTrue();
            }
        }
        try (FrameSocket client = FrameSocket.to(server, new Fields().put("token", reader))) {
            client.write(1, docs, batch("a", 3, 8));
            FrameSocket.Frame refused = client.next();
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.message()).contains("reader").contains("this takes write");
            assertThat(client.ask(FrameType.COUNT, 2, docs, new Fields(), NONE).type())
                    .isEqualTo(FrameType.ANSWER);
            assertThat(client
                    .ask(FrameType.CALL, 3, FrameHeader.NONE, new Fields().put("method", "DELETE").put(
                            "path",
                            "/api/v2/tenants/default_tenant/databases/default_database/collections/docs"),
                            NONE)
                    .status()).isEqualTo(403);
        }
        try (FrameSocket client = FrameSocket.to(server, new Fields().put("token", elsewhere))) {
            for (FrameType type : List.of(FrameType.WRITE, FrameType.GET, FrameType.COUNT,
                    FrameType.CHANGES)) {
                FrameSocket.Frame hidden = client.ask(type, type.code(), docs, new Fields(),
                        FrameSocket.bytes(batch("a", 1, 8)));
                assertThat(hidden.status()).as(type.name()).isEqualTo(404);
                assertThat(hidden.message()).isEqualTo("Collection [" + docs + "] does not exist.");
            }
        }
        try (FrameSocket client = FrameSocket.to(server, new Fields().put("token", writer))) {
            client.write(1, docs, batch("a", 3, 8));
            assertThat(client.next().type()).isEqualTo(FrameType.ANSWER);
            file.remove(Set.of("writer"));
            await().atMost(Duration.ofSeconds(90)).until(() -> {
                client.send(FrameType.COUNT, System.nanoTime(), docs, new Fields(), NONE);
                FrameSocket.Frame answer = client.next();
                return answer.status() == 401 && answer.id() == 0;
            });
        }
    }
}
