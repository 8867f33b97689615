package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.CollectionConfig;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's embedded example, and that the README still shows it. */
class EmbeddedExampleTest {
    @TempDir
    Path directory;

    @Test
    void theExampleOfTheReadmeDoesWhatItSays() {
        try (var forebay = Forebay.open(directory.resolve("data"), TestStores.small())) {
            var docs = forebay.getOrCreateCollection("docs", CollectionConfig.of(Space.COSINE));
            docs.write(RecordBatch.builder(Operation.ADD)
                    .record("a", new float[]{1, 0, 0}, "first")
                    .record("b", new float[]{0, 1, 0}, "second")
                    .build()).join();
            var hits = docs.query(QueryRequest.nearest(new float[]{1, 0.1f, 0}, 1)).join().get(0);
            assertThat(hits.get(0).record().document()).isEqualTo("first");
            assertThat(hits.get(0).distance()).isBetween(0f, 0.01f);
        }
    }

    @Test
    void theReadmeShowsTheLinesOfThisExample() throws Exception {
        Path root = Path.of(System.getProperty("forebay.root"));
        String own = squeeze(Files.readString(root.resolve(
                "engine/src/test/java/io/forebay/engine/EmbeddedExampleTest.java")));
        String readme = Files.readString(root.resolve("README.md"));
        String example = readme.substring(readme.indexOf("try (var forebay"));
        example = example.substring(example.indexOf('\n') + 1, example.indexOf("System.out"));
        assertThat(own).contains(squeeze(example));
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "");
    }
}
