package io.forebay.server.http;

import static dev.langchain4j.store.embedding.filter.MetadataFilterBuilder.metadataKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.chroma.ChromaApiVersion;
import dev.langchain4j.store.embedding.chroma.ChromaEmbeddingStore;
import dev.langchain4j.store.embedding.filter.Filter;
import dev.langchain4j.store.embedding.filter.logical.And;
import dev.langchain4j.store.embedding.filter.logical.Not;
import dev.langchain4j.store.embedding.filter.logical.Or;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LangChain4j's store for Chroma against a started server: both versions of its interface, and what it takes by itself. */
class LangChain4jTest {
    @TempDir
    Path directory;

    private static ChromaEmbeddingStore store(TestServer server, ChromaApiVersion version,
            String collection) {
        ChromaEmbeddingStore.Builder builder = ChromaEmbeddingStore.builder()
                .baseUrl(server.uri("").toString())
                .collectionName(collection).timeout(Duration.ofSeconds(30));
        return (version == null ? builder : builder.apiVersion(version)).build();
    }

    /** At an angle, so that cosine orders by n. */
    private static Embedding at(int n) {
        return Embedding.from(new float[]{(float) Math.cos(n / 10.0), (float) Math.sin(n / 10.0)});
    }

    private static TextSegment segment(int n) {
        Metadata metadata = new Metadata().put("n", n).put("half", n / 2.0).put("word",
                n < 5 ? "low" : "high");
        return TextSegment.from("text " + n, n == 7 ? metadata.put("rare", "yes") : metadata);
    }

    private static List<Integer> found(ChromaEmbeddingStore store, Filter filter) {
        return store
                .search(EmbeddingSearchRequest.builder().queryEmbedding(at(0)).maxResults(20).filter(filter)
                        .build())
                .matches().stream().map(match -> match.embedded().metadata().getInteger("n")).toList();
    }

    @ParameterizedTest
    @CsvSource({"V2,true", "V2,false", "V1,true", "V1,false", ",true"})
    void theWholeSurfaceOfTheStoreWorks(ChromaApiVersion version, boolean batchIngest) {
        try (TestServer server = TestServer.start(directory, TestServer.options(),
                TestServer.engineOptions().withBatchIngest(batchIngest))) {
            ChromaEmbeddingStore store = store(server, version, "langchain");
            addsAndFinds(store);
            filters(store);
            removes(store);
            ChromaEmbeddingStore again = store(server, version, "langchain");
            assertThat(found(again, null)).as("an existing collection is taken as it is").isEmpty();
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static void addsAndFinds(ChromaEmbeddingStore store) {
        String alone = store.add(at(20));
        String withText = store.add(at(0), segment(0));
        store.add("my-id", at(30));
        List<Embedding> embeddings = new ArrayList<>();
        List<TextSegment> segments = new ArrayList<>();
        IntStream.range(1, 10).forEach(n -> {
            embeddings.add(at(n));
            segments.add(segment(n));
        });
        List<String> ids = store.addAll(embeddings, segments);
        assertThat(ids).hasSize(9).doesNotHaveDuplicates().doesNotContain(alone, withText);

        List<EmbeddingMatch<TextSegment>> matches = store.search(EmbeddingSearchRequest.builder()
                .queryEmbedding(at(0)).maxResults(3).build()).matches();
        assertThat(matches).extracting(EmbeddingMatch::embeddingId).containsExactly(withText, ids.get(0),
                ids.get(1));
        assertThat(matches.get(0).score()).isCloseTo(1, within(1e-6));
        assertThat(matches.get(0).embedded().text()).isEqualTo("text 0");
        assertThat(matches.get(1).embedding().vector()).containsExactly(at(1).vector(), within(1e-6f));
        assertThat(matches.get(1).embedded().metadata().toMap()).containsKeys("n", "half", "word");
        assertThat(store.search(EmbeddingSearchRequest.builder().queryEmbedding(at(30)).maxResults(1).build())
                .matches()).singleElement().satisfies(match -> {
                    assertThat(match.embeddingId()).isEqualTo("my-id");
                    assertThat(match.embedded()).isNull();
                });
        assertThat(store
                .search(EmbeddingSearchRequest.builder().queryEmbedding(at(0)).maxResults(20).minScore(0.99)
                        .build())
                .matches()).hasSize(3);
        store.removeAll(List.of(alone, "my-id"));
    }

    private static void filters(ChromaEmbeddingStore store) {
        Map<Filter, List<Integer>> all = new LinkedHashMap<>();
        all.put(metadataKey("n").isEqualTo(3), List.of(3));
        all.put(metadataKey("word").isEqualTo("low"), List.of(0, 1, 2, 3, 4));
        all.put(metadataKey("n").isNotEqualTo(3), List.of(0, 1, 2, 4, 5, 6, 7, 8, 9));
        all.put(metadataKey("rare").isNotEqualTo("yes"), List.of(0, 1, 2, 3, 4, 5, 6, 8, 9));
        all.put(metadataKey("n").isGreaterThan(7), List.of(8, 9));
        all.put(metadataKey("n").isGreaterThanOrEqualTo(7), List.of(7, 8, 9));
        all.put(metadataKey("half").isLessThan(1.0), List.of(0, 1));
        all.put(metadataKey("half").isLessThanOrEqualTo(1.0), List.of(0, 1, 2));
        all.put(metadataKey("n").isIn(1, 5, 77), List.of(1, 5));
        all.put(metadataKey("word").isIn("high"), List.of(5, 6, 7, 8, 9));
        all.put(metadataKey("n").isNotIn(0, 1, 2, 3, 4, 5, 6, 7), List.of(8, 9));
        all.put(new And(metadataKey("word").isEqualTo("low"), metadataKey("n").isGreaterThan(2)),
                List.of(3, 4));
        all.put(new Or(metadataKey("n").isEqualTo(9), metadataKey("n").isLessThan(1)), List.of(0, 9));
        all.put(new Not(metadataKey("n").isLessThan(8)), List.of(8, 9));
        all.put(new Not(new Or(metadataKey("word").isEqualTo("low"), metadataKey("n").isGreaterThan(5))),
                List.of(5));
        all.forEach((filter, expected) -> assertThat(found(store, filter)).as(filter.toString())
                .isEqualTo(expected));
    }

    private static void removes(ChromaEmbeddingStore store) {
        store.removeAll(metadataKey("n").isGreaterThan(6));
        assertThat(found(store, null)).containsExactly(0, 1, 2, 3, 4, 5, 6);
        String id = store.search(EmbeddingSearchRequest.builder().queryEmbedding(at(2)).maxResults(1).build())
                .matches().getFirst().embeddingId();
        store.remove(id);
        assertThat(found(store, null)).containsExactly(0, 1, 3, 4, 5, 6);
        store.removeAll();
        assertThat(found(store, null)).isEmpty();
        store.add(at(1), segment(1));
        assertThat(found(store, null)).containsExactly(1);
        store.removeAll();
    }
}
