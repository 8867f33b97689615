package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a collection's schema says, and what was learned for it, is there after a restart. */
class SchemaRestartTest {
    private static final String BASE = "/api/v2/tenants/default_tenant/databases/default_database/collections";
    private static final String SCHEMA = "{\"defaults\":{\"int\":{\"int_inverted_index\":{\"enabled\":false,"
            + "\"config\":{}}}},\"keys\":{\"s\":{\"sparse_vector\":{\"sparse_vector_index\":{\"enabled\":true,"
            + "\"config\":{\"bm25\":true}}}},\"#document\":{\"string\":{\"fts_index\":{\"enabled\":false,"
            + "\"config\":{}}}},\"#embedding\":{\"float_list\":{\"vector_index\":{\"enabled\":true,\"config\":"
            + "{\"space\":\"cosine\",\"hnsw\":{\"ef_search\":44}}}}}}}";

    @TempDir
    Path directory;

    @Test
    void aSchemaAndTheKeysThatWereSeenSurviveARestart() {
        String before;
        String path;
        try (TestServer server = TestServer.start(directory)) {
            String made = server.post(BASE, "{\"name\":\"kept\",\"schema\":" + SCHEMA + "}").body();
            path = BASE + "/" + TestJson.object(made).get("id");
            String added = "{\"ids\":[\"a\"],\"embeddings\":[[1]],\"metadatas\":[{\"k\":1,\"f\":[1.5]}]}";
            assertThat(server.post(path + "/add", added).statusCode()).isEqualTo(201);
            assertThat(server.get(path + "/count").body()).isEqualTo("1");
            before = server.get(BASE + "/kept").body();
            assertThat(before)
                    .contains("\"k\":{\"int\":{\"int_inverted_index\":{\"enabled\":false")
                    .contains("\"f\":{\"float\":{\"float_inverted_index\":{\"enabled\":true")
                    .contains("\"bm25\":true").contains("\"ef_search\":44");
        }
        try (TestServer server = TestServer.start(directory)) {
            assertThat(server.get(BASE + "/kept").body()).isEqualTo(before);
            assertThat(server.post(path + "/get", "{\"where\":{\"k\":1}}").body())
                    .contains("with type 'Int' because indexing is disabled");
            assertThat(server.post(path + "/get", "{\"where_document\":{\"$contains\":\"x\"}}").body())
                    .contains("FTS indexing is disabled");
        }
    }
}
