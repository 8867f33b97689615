package io.forebay.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.client.FrameServer.Connection;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A client of the binary protocol and a server that plays by the frame. */
abstract class FrameServerTest {
    static final UUID ID = UUID.fromString("0b9c4b8e-93a1-4d4e-9f5b-0d6a3b1c2d3e");
    static final String COLLECTION = """
            {"id":"%s","name":"peps","configuration_json":{"hnsw":{"space":"l2"}},"metadata":null,
             "dimension":null,"tenant":"t","database":"d"}""".formatted(ID);

    FrameServer server;
    ForebayClient client;

    @BeforeEach
    void start() throws Exception {
        server = new FrameServer();
        use(builder());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    ForebayClient.Builder builder() {
        return ForebayClient.builder(URI.create(server.url())).connections(1)
                .backoffMax(Duration.ofMillis(20)).requestTimeout(Duration.ofSeconds(20));
    }

    void use(ForebayClient.Builder settings) {
        if (client != null) {
            client.close();
        }
        client = settings.build();
    }

    CollectionClient peps(Connection connection, CompletableFuture<CollectionClient> asked)
            throws Exception {
        connection.json(connection.request(), 200, COLLECTION);
        return asked.get(120, TimeUnit.SECONDS);
    }

    static RecordBatch batch(String id, float... embedding) {
        return RecordBatch.builder(Operation.ADD).record(id, embedding).build();
    }

    static <T> T done(CompletableFuture<T> future) throws Exception {
        return future.get(120, TimeUnit.SECONDS);
    }

    static ThrowingCallable joined(CompletableFuture<?> future) {
        return () -> Waiting.on(future.orTimeout(120, TimeUnit.SECONDS));
    }

    static void isCode(Throwable failure, ErrorCode code) {
        assertThat(failure).isInstanceOfSatisfying(ForebayException.class,
                e -> assertThat(e.code()).isEqualTo(code));
    }
}
