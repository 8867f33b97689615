package io.forebay.server.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.forebay.engine.WriteOptions;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import io.forebay.server.auth.Rates;
import io.forebay.server.http.HeldIndexer;
import io.forebay.server.http.LeakWatch;
import io.forebay.server.http.LogCapture;
import io.forebay.server.ops.Readiness;
import io.forebay.server.ops.RequestLog;
import io.forebay.server.ops.ServerOps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the log says of frames that took long is what it says of requests over HTTP. */
class SlowFramesTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @TempDir
    Path directory;

    private ServerOps ops;
    private BinaryTestServer server;
    private final HeldIndexer indexer = new HeldIndexer();
    private UUID docs;

    @BeforeEach
    void start() {
        ops = ServerOps.open(Readiness.opening(), new RequestLog(1, false), Rates.NONE,
                new ServerOps.Audit(null, 1 << 20, 3), null, null);
        server = BinaryTestServer.start(directory, ops, indexer);
        docs = server.collection("docs");
    }

    @AfterEach
    void stop() {
        indexer.release();
        server.close();
        ops.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private void write(String id) {
        server.engine.write(docs, RecordBatch.builder(Operation.UPSERT)
                .record(id, new float[]{1, 7.25f}, "document", null, null).build(), WriteOptions.DEFAULT)
                .join();
    }

    private static byte[] embedding() {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1).putFloat(7.25f).array();
    }

    /** The line of a read that waits for a write to be applied, which is when it has waited for long enough. */
    private Map<String, String> slow(FrameType type, UUID collection, Fields head, byte[] payload)
            throws IOException, InterruptedException {
        indexer.hold();
        write("a");
        indexer.awaitHeld();
        write("b");
        try (LogCapture log = new LogCapture("io.forebay.requests.slow", Level.WARN);
                FrameSocket client = FrameSocket.to(server)) {
            client.send(type, 7, collection, head, payload);
            client.send(FrameType.PING, 0, FrameHeader.NONE, new Fields(), new byte[0]);
            assertThat(client.next().type()).isEqualTo(FrameType.PONG); // so the read is at work
            await().pollDelay(Duration.ofMillis(5)).until(() -> true);
            indexer.release();
            assertThat(client.next().status()).isEqualTo(200);
            return log.events.stream().map(LogCapture::fields).filter(f -> "7".equals(f.get("request_id")))
                    .findFirst().orElseThrow();
        }
    }

    @Test
    void aQueryHasItsStagesItsPlanAndTheNameOfItsCollection() throws Exception {
        Map<String, String> line = slow(FrameType.QUERY, docs,
                new Fields().put("ids", List.of("a", "b")), embedding());
        assertThat(line).containsEntry("method", "binary").containsEntry("route", "query")
                .containsEntry("status", "200").containsEntry("collection_name", "docs")
                .containsEntry("collection", docs.toString()).containsEntry("address", "127.0.0.1")
                .containsKeys("millis", "plan", "frame_bytes");
        assertThat(line.get("stages")).matches(
                "wait;dur=[\\d.]+, filter;dur=[\\d.]+, search;dur=[\\d.]+, records;dur=[\\d.]+");
        assertThat(line.toString()).doesNotContain("7.25");
    }

    @ParameterizedTest
    @EnumSource(names = {"GET", "COUNT"})
    void getsAndCountsHaveTheirStagesToo(FrameType type) throws Exception {
        assertThat(slow(type, docs, new Fields(), new byte[0]).get("stages")).startsWith("wait;dur=")
                .contains("records;dur=");
    }

    @Test
    void aCallIsToldUnderTheRouteThatItLedTo() throws Exception {
        String path = "/api/v2/tenants/default_tenant/databases/default_database/collections/" + docs
                + "/query";
        Map<String, String> line = slow(FrameType.CALL, FrameHeader.NONE, new Fields()
                .put("method", "POST").put("path", path)
                .put("headers", List.of("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")),
                "{\"query_embeddings\":[[1,7.25]],\"n_results\":2}".getBytes(StandardCharsets.UTF_8));
        assertThat(line).containsEntry("method", "CALL POST").containsEntry("n_results", "2")
                .containsEntry("collection", docs.toString()).containsEntry("trace_id", TRACE);
        assertThat(line.get("route")).endsWith("{collection}/query");
        assertThat(line.get("stages")).startsWith("wait;dur=").contains("search;dur=");
        assertThat(line.toString()).doesNotContain("7.25");
    }
}
