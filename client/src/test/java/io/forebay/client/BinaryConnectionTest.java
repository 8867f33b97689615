package io.forebay.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.client.FrameServer.Connection;
import io.forebay.client.FrameServer.Frame;
import io.forebay.model.CollectionConfig;
import io.forebay.model.ErrorCode;
import io.forebay.model.GetRequest;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameType;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How connections begin, live and end. */
class BinaryConnectionTest extends FrameServerTest {
    // ---- life and death ----

    @Test
    void aPingIsAnswered() throws Exception {
        CompletableFuture<String> version = client.versionAsync();
        Connection connection = server.greet();
        Frame call = connection.request();
        connection.send(FrameType.PING, 0, 5, 0, new Fields(), new byte[0]);
        Frame pong = connection.next();
        assertThat(pong.type()).isEqualTo(FrameType.PONG);
        assertThat(pong.id()).isEqualTo(5);
        connection.json(call, 200, "\"1\"");
        done(version);
    }

    @Test
    void aServerThatSaysNothingIsAskedAndGivenUp() throws Exception {
        use(builder().retries(0));
        server.heartbeatMillis = 60;
        CompletableFuture<String> version = client.versionAsync();
        Connection connection = server.greet();
        connection.request();
        assertThat(connection.next().type()).isEqualTo(FrameType.PING);
        connection.send(FrameType.PONG, 0, 0, 0, new Fields(), new byte[0]);
        assertThat(connection.next().type()).isEqualTo(FrameType.PING);
        assertThatThrownBy(joined(version)).satisfies(e -> isCode(e, ErrorCode.UNAVAILABLE))
                .hasMessageContaining("it said nothing for");
    }

    @Test
    void aRequestThatTakesTooLongFailsAndItsAnswerIsDropped() throws Exception {
        use(builder().requestTimeout(Duration.ofMillis(150)));
        CompletableFuture<String> version = client.versionAsync();
        Connection connection = server.greet();
        Frame call = connection.request();
        assertThatThrownBy(joined(version)).satisfies(e -> isCode(e, ErrorCode.DEADLINE_EXCEEDED))
                .hasMessageContaining("no answer from forebay://127.0.0.1").hasMessageContaining("150 ms");
        connection.json(call, 200, "\"late\"");
        CompletableFuture<String> next = client.versionAsync();
        connection.json(connection.request(), 200, "\"2\"");
        assertThat(done(next)).isEqualTo("2");
    }

    @Test
    void aFrameThatIsCutIsALostConnection() throws Exception {
        use(builder().retries(0));
        CompletableFuture<String> version = client.versionAsync();
        Connection connection = server.greet();
        byte[] answer = FrameServer.frame(FrameType.ANSWER, 200, connection.request().id(), 0, new Fields(),
                "\"1\"".getBytes(StandardCharsets.UTF_8));
        connection.raw(Arrays.copyOf(answer, answer.length - 1));
        connection.close();
        assertThatThrownBy(joined(version)).satisfies(e -> isCode(e, ErrorCode.UNAVAILABLE))
                .hasMessageContaining("broke during CALL");
    }

    @Test
    void whatIsNoFrameIsToldAsSuch() throws Exception {
        for (String nonsense : List.of("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n\r\n",
                "x".repeat(100))) {
            CompletableFuture<String> version = client.versionAsync();
            Connection connection = server.accept();
            connection.readHello();
            connection.raw(nonsense.getBytes(StandardCharsets.UTF_8));
            connection.close();
            assertThatThrownBy(joined(version)).satisfies(e -> isCode(e, ErrorCode.INTERNAL))
                    .hasMessageContaining("does not speak the binary protocol")
                    .hasMessageContaining("it began with '" + nonsense.substring(0, 12));
        }
        for (FrameType type : List.of(FrameType.HELLO, FrameType.ANSWER, FrameType.EVENT)) {
            CompletableFuture<String> version = client.versionAsync();
            Connection connection = server.greet();
            connection.request();
            connection.send(type, 200, 99, 0, new Fields(), new byte[0]);
            assertThatThrownBy(joined(version)).satisfies(e -> isCode(e, ErrorCode.INTERNAL))
                    .hasMessageContaining(type.toString());
        }
    }

    @Test
    void aRefusedHelloIsNotTriedAgain() throws Exception {
        for (int status : new int[]{426, 401}) {
            CompletableFuture<String> version = client.versionAsync();
            Connection connection = server.accept();
            connection.readHello();
            connection.error(0, status, "ChromaError", "no " + status);
            assertThatThrownBy(joined(version)).hasMessage("no " + status)
                    .satisfies(e -> isCode(e, status == 401
                            ? ErrorCode.UNAUTHENTICATED
                            : ErrorCode.INVALID_ARGUMENT));
        }
        assertThat(server.isLeftAlone(30)).isTrue();
    }

    @Test
    void aFullServerIsTriedAgain() throws Exception {
        CompletableFuture<String> version = client.versionAsync();
        Connection full = server.accept();
        full.readHello();
        full.error(0, 503, "ChromaError", "too many connections");
        full.close();
        Connection connection = server.greet();
        connection.json(connection.request(), 200, "\"1\"");
        assertThat(done(version)).isEqualTo("1");
    }

    @Test
    void goawayMovesWhatIsNotDoneToAnotherConnection() throws Exception {
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        CompletableFuture<CollectionClient> refused = client.createCollectionAsync("n", null,
                CollectionConfig.DEFAULT, false);
        CompletableFuture<Written> before = peps.writeAsync(batch("a", 1));
        Frame create = connection.request();
        Frame write = connection.request();
        connection.send(FrameType.GOAWAY, 0, 0, 0, new Fields().put("message", "bye"), new byte[0]);
        connection.error(create.id(), 503, "ChromaError", "the server is stopping");
        connection.acked(write, 4);
        assertThat(done(before).maxSeqId()).isEqualTo(4);

        Connection next = server.greet();
        Frame again = next.request();
        assertThat(again.head().text("path")).endsWith("/collections");
        next.json(again, 200, COLLECTION);
        assertThat(done(refused).id()).isEqualTo(ID);
        assertThat(connection.isSilent(20)).isTrue();
    }

    @Test
    void whatAStoppingServerDoesNotAnswerIsNotWaitedForForEver() throws Exception {
        use(builder().requestTimeout(Duration.ofMillis(200)).retries(0));
        CompletableFuture<String> version = client.versionAsync();
        Connection connection = server.greet();
        connection.request();
        connection.send(FrameType.GOAWAY, 0, 0, 0, new Fields().put("message", "bye"), new byte[0]);
        assertThatThrownBy(joined(version)).satisfies(e -> isCode(e, ErrorCode.DEADLINE_EXCEEDED));
        client.close();
        assertThat(connection.isClosedByClient()).isTrue();
    }

    @Test
    void closingFailsWhatIsUnderWay() throws Exception {
        CompletableFuture<String> version = client.versionAsync();
        Connection connection = server.greet();
        connection.request();
        client.close();
        assertThatThrownBy(joined(version)).hasMessage("this client is closed")
                .satisfies(e -> isCode(e, ErrorCode.UNAVAILABLE));
        assertThat(connection.isClosedByClient()).isTrue();
        assertThatThrownBy(client::version).hasMessage("this client is closed");
    }

    @Test
    void noServerIsAClearError() throws Exception {
        use(builder().retries(1));
        String url = server.url();
        server.close();
        assertThatThrownBy(() -> client.version()).satisfies(e -> isCode(e, ErrorCode.UNAVAILABLE))
                .hasMessageContaining("cannot connect to " + url)
                .hasMessageContaining("is the server running?");
    }

    @Test
    void aPortThatWantsTlsOrHasNoneIsAClearError() throws Exception {
        use(builder().retries(0));
        CompletableFuture<String> plain = client.versionAsync();
        Connection wantsTls = server.accept();
        wantsTls.readHello();
        wantsTls.close();
        assertThatThrownBy(joined(plain)).satisfies(e -> isCode(e, ErrorCode.UNAVAILABLE))
                .hasMessageContaining("does this port want TLS (forebays://)?");

        use(ForebayClient.builder(URI.create(server.url().replace("forebay:", "forebays:"))).retries(0));
        CompletableFuture<String> secured = client.versionAsync();
        server.accept().error(0, 400, "InvalidArgumentError", "no preface");
        assertThatThrownBy(joined(secured)).satisfies(e -> isCode(e, ErrorCode.UNAVAILABLE))
                .hasMessageContaining("is this a port without TLS (forebay://)?");
    }

    @Test
    void connectionsAreOpenedAsTheyAreNeededAndUpToTheirNumber() throws Exception {
        use(builder().connections(2));
        List<CompletableFuture<String>> all = new ArrayList<>();
        all.add(client.versionAsync());
        Connection first = server.greet();
        Frame one = first.request();
        all.add(client.versionAsync());
        Connection second = server.greet();
        Frame two = second.request();
        all.add(client.versionAsync());
        assertThat(server.isLeftAlone(30)).isTrue();
        second.json(two, 200, "\"2\"");
        assertThat(done(all.get(1))).isEqualTo("2");
        all.add(client.versionAsync());
        second.json(second.request(), 200, "\"4\"");
        assertThat(done(all.get(3))).isEqualTo("4");
        first.json(one, 200, "\"1\"");
        first.json(first.request(), 200, "\"3\"");
        assertThat(done(all.get(0)) + done(all.get(2))).isEqualTo("13");
    }

    @Test
    void whoHangsOnToAnAnswerMayCallAgainAndWait() throws Exception {
        CompletableFuture<String> chained = client.versionAsync()
                .thenApply(first -> first + client.version());
        Connection connection = server.greet();
        connection.json(connection.request(), 200, "\"a\"");
        connection.json(connection.request(), 200, "\"b\"");
        assertThat(done(chained)).isEqualTo("ab");
        await().until(chained::isDone);
    }

    @Test
    void recordsOfAGetAreMadeOnceEach() throws Exception {
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        CompletableFuture<List<StoredRecord>> get = peps.getAsync(GetRequest.first(5), Filter.NONE,
                ReadOptions.DEFAULT);
        Frame frame = connection.request();
        assertThat(frame.head().number("limit", 0)).isEqualTo(5);
        RecordBatch records = RecordBatch.builder(Operation.UPDATE).record("a", new float[]{1, -2.5f})
                .build();
        byte[] payload = new byte[records.encodedBytes()];
        records.encoded().get(payload);
        connection.send(FrameType.ANSWER, 200, frame.id(), 0, new Fields(), payload);
        List<StoredRecord> found = done(get);
        assertThat(found.get(0).embedding()).containsExactly(1f, -2.5f);
        assertThat(found.get(0)).isSameAs(found.get(0));
        assertThatThrownBy(() -> found.get(1)).isInstanceOf(IndexOutOfBoundsException.class);
        CompletableFuture<List<StoredRecord>> broken = peps.getAsync(GetRequest.first(5), Filter.NONE,
                ReadOptions.DEFAULT);
        connection.send(FrameType.ANSWER, 200, connection.request().id(), 0, new Fields(),
                new byte[]{1, 2, 3});
        assertThatThrownBy(joined(broken)).hasMessageContaining("the answer to GET is not as");
    }
}
