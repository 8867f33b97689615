package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.Position;
import io.forebay.engine.WriteOptions;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Database;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What could not be applied, over HTTP. */
class DeadLettersTest {
    @TempDir
    Path directory;

    /** A batch that cannot be applied. */
    static RecordBatch poison(String id) {
        RecordBatch batch = RecordBatch.builder(Operation.UPSERT)
                .record(id + "-0", new float[]{1, 2}, "text", Map.of("n", MetadataValue.of("some text")),
                        null)
                .record(id + "-1", new float[]{3, 4}, "text", Map.of("n", MetadataValue.of("some more")),
                        null)
                .build();
        ByteBuffer bytes = ByteBuffer.allocate(batch.encodedBytes()).put(batch.encoded()).flip();
        // The metadata column is the last section: the count of the map's entries becomes a huge varint.
        for (int at = bytes.limit() - batch.metadataBytes(1).length - (4 - bytes.limit() % 4) % 4
                - 4; at < bytes.limit(); at++) {
            bytes.put(at, (byte) 0xff);
        }
        return RecordBatch.wrap(bytes);
    }

    private static HttpResponse<String> send(TestServer server, String method, String path) {
        return server.send(HttpRequest.newBuilder(server.uri(path)).method(method, BodyPublishers.noBody()));
    }

    private static List<?> letters(TestServer server, String path) {
        Map<String, Object> answer = TestJson.object(server.get(path).body());
        List<?> letters = (List<?>) answer.get("dead_letters");
        assertThat(((Number) answer.get("total")).intValue()).isGreaterThanOrEqualTo(letters.size());
        return letters;
    }

    @Test
    void aLetterIsListedRetriedAndDiscarded() {
        try (TestServer server = TestServer.start(directory, TestServer.options())) {
            UUID docs = server.engine.createCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE,
                    "docs", null, CollectionConfig.DEFAULT, false).join().id();
            String path = "/api/v2/tenants/default_tenant/databases/default_database/collections/" + docs
                    + "/dead_letters";
            assertThat(server.get(path).body()).isEqualTo("{\"total\":0,\"dead_letters\":[]}");
            long bad = server.engine.write(docs, poison("bad"), WriteOptions.DEFAULT).join().minSeqId();
            long worse = server.engine.write(docs, poison("worse"), WriteOptions.DEFAULT).join().minSeqId();
            server.engine.flush(docs, Position.APPLIED).join();
            assertThat(letters(server, path)).hasSize(2);
            assertThat(letters(server, path + "?limit=1&offset=1")).hasSize(1);
            assertThat(server.get(path + "?limit=1").body()).contains("\"total\":2", "\"min_seq_id\":" + bad,
                    "\"max_seq_id\":" + (bad + 1), "\"operation\":\"upsert\"", "\"records\":2",
                    "\"ids\":[\"bad-0\",\"bad-1\"]", "\"reason\":\"", "\"written_at\":", "\"parked_at\":",
                    "\"bytes\":");
            assertThat(server.get("/metrics").body())
                    .containsPattern("forebay_collection_parked_entries\\{[^}]*} 2\n");
            assertThat(server.get("/healthz").body()).contains("yellow", "2 entries are set aside");
            HttpResponse<String> retried = send(server, "POST", path + "/" + bad + "/retry");
            assertThat(retried.statusCode()).isEqualTo(200);
            String seqId = retried.headers().firstValue("Forebay-Seq-Id").orElseThrow();
            assertThat(Long.parseLong(seqId)).isGreaterThan(worse);
            HttpResponse<String> again = send(server, "POST", path + "/" + bad + "/retry");
            assertThat(again.headers().firstValue("Forebay-Replayed")).hasValue("true");
            assertThat(again.headers().firstValue("Forebay-Seq-Id")).hasValue(seqId);
            server.engine.flush(docs, Position.APPLIED).join();
            assertThat(server.get(path).body()).contains("\"min_seq_id\":" + (Long.parseLong(seqId) - 1))
                    .doesNotContain("\"min_seq_id\":" + bad + ",");
            assertThat(send(server, "DELETE", path + "/" + worse).statusCode()).isEqualTo(200);
            assertThat(send(server, "DELETE", path + "/" + worse).statusCode()).isEqualTo(404);
            assertThat(send(server, "DELETE", path + "/x").statusCode()).isEqualTo(400);
            assertThat(send(server, "POST", path + "/retry").body()).isIn("{\"retried\":1}",
                    "{\"retried\":0}");
            assertThat(send(server, "DELETE", path).body()).isIn("{\"discarded\":1}", "{\"discarded\":0}");
            server.engine.flush(docs, Position.APPLIED).join();
            send(server, "DELETE", path);
            assertThat(server.get("/healthz").body()).contains("green");
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }
}
