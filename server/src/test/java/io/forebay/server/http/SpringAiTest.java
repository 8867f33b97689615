package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chroma.vectorstore.ChromaApi;
import org.springframework.ai.chroma.vectorstore.ChromaVectorStore;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.filter.FilterExpressionBuilder;

/** Spring AI's store for Chroma against a started server. */
class SpringAiTest {
    @TempDir
    Path directory;

    /** The last number in a text becomes an angle, so that cosine orders by it. */
    private static final class Angles implements EmbeddingModel {
        @Override
        public EmbeddingResponse call(EmbeddingRequest request) {
            List<Embedding> all = new ArrayList<>();
            for (String text : request.getInstructions()) {
                all.add(new Embedding(angle(text), all.size()));
            }
            return new EmbeddingResponse(all);
        }

        @Override
        public float[] embed(Document document) {
            return angle(String.valueOf(document.getText()));
        }

        @Override
        public int dimensions() {
            return 2;
        }

        private static float[] angle(String text) {
            double at = Integer.parseInt(text.replaceAll(".*?(\\d+)$", "$1")) / 10.0;
            return new float[]{(float) Math.cos(at), (float) Math.sin(at)};
        }
    }

    private static ChromaApi api(TestServer server) {
        return ChromaApi.builder().baseUrl(server.uri("").toString()).build();
    }

    private static ChromaVectorStore store(ChromaApi api, String tenant, String database) throws Exception {
        ChromaVectorStore store = ChromaVectorStore.builder(api, new Angles()).collectionName("spring")
                .tenantName(tenant).databaseName(database).initializeSchema(true).build();
        store.afterPropertiesSet();
        return store;
    }

    private static List<Document> documents() {
        return IntStream.range(0, 10).mapToObj(n -> {
            Map<String, Object> metadata = new HashMap<>(
                    Map.of("n", n, "half", n / 2.0, "word", n < 5 ? "low" : "high", "even", n % 2 == 0));
            if (n == 7) {
                metadata.put("rare", "yes");
            }
            return new Document("doc-" + n, "text " + n, metadata);
        }).toList();
    }

    private static List<Integer> found(ChromaVectorStore store, String filter) {
        SearchRequest.Builder request = SearchRequest.builder().query("text 0").topK(20)
                .similarityThresholdAll();
        return store.similaritySearch((filter == null ? request : request.filterExpression(filter)).build())
                .stream()
                .map(document -> Integer.parseInt(document.getId().substring(4))).toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theWholeSurfaceOfTheStoreWorks(boolean batchIngest) throws Exception {
        try (TestServer server = TestServer.start(directory, TestServer.options(),
                TestServer.engineOptions().withBatchIngest(batchIngest))) {
            ChromaVectorStore store = store(api(server), "SpringAiTenant", "SpringAiDatabase");
            store.add(documents());
            finds(store);
            filters(store);
            deletes(store);
            assertThat(found(store(api(server), "SpringAiTenant", "SpringAiDatabase"), null))
                    .as("an existing collection is taken as it is").isEqualTo(found(store, null));
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static void finds(ChromaVectorStore store) {
        List<Document> nearest = store
                .similaritySearch(SearchRequest.builder().query("text 3").topK(2).build());
        assertThat(nearest.getFirst().getId()).isEqualTo("doc-3");
        assertThat(nearest.getFirst().getText()).isEqualTo("text 3");
        assertThat(nearest.getFirst().getScore()).isCloseTo(1, within(1e-6));
        assertThat(nearest.getFirst().getMetadata()).containsEntry("word", "low").containsEntry("even", false)
                .containsEntry("n", 3).containsEntry("half", 1.5);
        assertThat(store
                .similaritySearch(SearchRequest.builder().query("text 0").topK(20).similarityThreshold(0.97)
                        .build()))
                .hasSize(3);
        store.add(List.of(new Document("doc-3", "text 13", Map.of("n", 13))));
        assertThat(found(store, "n == 13")).as("an id that is there is replaced").containsExactly(3);
        store.add(List.of(documents().get(3)));
    }

    private static void filters(ChromaVectorStore store) {
        Map<String, List<Integer>> all = new LinkedHashMap<>();
        all.put("n == 3", List.of(3));
        all.put("word == 'low'", List.of(0, 1, 2, 3, 4));
        all.put("even == true", List.of(0, 2, 4, 6, 8));
        all.put("n != 3", List.of(0, 1, 2, 4, 5, 6, 7, 8, 9));
        all.put("rare != 'yes'", List.of(0, 1, 2, 3, 4, 5, 6, 8, 9));
        all.put("n > 7", List.of(8, 9));
        all.put("n >= 7", List.of(7, 8, 9));
        all.put("half < 1.0", List.of(0, 1));
        all.put("half <= 1.0", List.of(0, 1, 2));
        all.put("n in [1, 5, 77]", List.of(1, 5));
        all.put("word nin ['low']", List.of(5, 6, 7, 8, 9));
        all.put("word == 'low' && n > 2", List.of(3, 4));
        all.put("n == 9 || n < 1", List.of(0, 9));
        all.put("not (n < 8)", List.of(8, 9));
        all.put("(word == 'low' && n > 2) || (rare == 'yes' && even == false)", List.of(3, 4, 7));
        all.forEach((filter, expected) -> assertThat(found(store, filter)).as(filter).isEqualTo(expected));
    }

    private static void deletes(ChromaVectorStore store) {
        store.delete(List.of("doc-0", "doc-1", "nothing"));
        assertThat(found(store, null)).containsExactly(2, 3, 4, 5, 6, 7, 8, 9);
        store.delete("n > 6");
        assertThat(found(store, null)).containsExactly(2, 3, 4, 5, 6);
        store.delete(new FilterExpressionBuilder().eq("word", "high").build());
        assertThat(found(store, null)).containsExactly(2, 3, 4);
    }

    @Test
    void tokensAreSentAsKeyAndAsPassword() throws Exception {
        Tokens tokens = new Tokens(directory);
        String admin = tokens.make("admin", Role.ADMIN);
        String reader = tokens.make("reader", Role.READ);
        try (TokenStore store = TokenStore.open(tokens.file);
                TestServer server = TestServer.start(directory.resolve("store"), TestServer.options(),
                        TestServer.engineOptions(), store)) {
            assertThatThrownBy(() -> store(api(server), "default_tenant", "default_database"))
                    .hasStackTraceContaining("401 Unauthorized");
            assertThatThrownBy(() -> store(api(server).withKeyToken(reader), "another_tenant", "database"))
                    .hasStackTraceContaining("403 Forbidden");
            ChromaVectorStore written = store(api(server).withKeyToken(admin), "another_tenant", "database");
            written.add(documents());
            ChromaVectorStore read = store(api(server).withBasicAuthCredentials("anybody", reader),
                    "another_tenant",
                    "database");
            assertThat(found(read, "n > 7")).containsExactly(8, 9);
            assertThatThrownBy(() -> read.add(documents())).hasStackTraceContaining("403 Forbidden");
        }
    }
}
