package io.forebay.etl.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmbeddingsTest {
    private final Embeddings embeddings = new Embeddings(List.of(EmbeddingConnection.none(),
            EmbeddingConnection.openai("cloud", URI.create("http://localhost:9/v1"), "m", "CLOUD_KEY"),
            EmbeddingConnection.openai("open", URI.create("http://localhost:9/v1/"), null, null),
            EmbeddingConnection.openai("file", URI.create("file:///etc/passwd"), "m", null)), Map.of(), 0);

    @AfterEach
    void close() {
        embeddings.close();
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNamesThatThereAre() {
        assertThat(embeddings.isKnown("cloud")).isTrue();
        assertThat(embeddings.isKnown("clod")).isFalse();
        assertThatThrownBy(() -> embeddings.connection("clod")).satisfies(EmbeddingsTest::isInvalid)
                .hasMessageContaining("[clod]").hasMessageContaining("[none, cloud, open, file]");
    }

    private static void isInvalid(Throwable e) {
        assertThat(((ForebayException) e).code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void noneMakesNoVectors() {
        assertThatThrownBy(() -> embeddings.provider("none", null)).satisfies(EmbeddingsTest::isInvalid)
                .hasMessageContaining("[none]");
    }

    @Test
    void aServiceNeedsAModelAndAnAddress() {
        assertThatThrownBy(() -> embeddings.provider("open", null)).satisfies(EmbeddingsTest::isInvalid)
                .hasMessageContaining("name one");
        assertThatThrownBy(() -> embeddings.provider("file", null)).isInstanceOf(EmbeddingException.class)
                .hasMessageContaining("http://");
    }

    @Test
    void aKeyThatIsNotThereIsNamedByItsVariable() {
        assertThatThrownBy(() -> embeddings.provider("cloud", null)).isInstanceOfSatisfying(
                EmbeddingException.class, e -> assertThat(e.isPassing()).isFalse())
                .hasMessageContaining("CLOUD_KEY");
    }

    @Test
    void aKeyThatCannotBeSentIsNotShown() {
        List<EmbeddingConnection> one = List.of(
                EmbeddingConnection.openai("cloud", URI.create("http://localhost:9/v1"), "m", "CLOUD_KEY"));
        try (Embeddings with = new Embeddings(one, Map.of("CLOUD_KEY", "sk-se\ncret"), 0)) {
            assertThatThrownBy(() -> with.provider("cloud", null)).isInstanceOf(EmbeddingException.class)
                    .hasMessageContaining("CLOUD_KEY").hasMessageNotContaining("cret");
        }
    }

    @Test
    void aProviderIsSharedByAllWhoAskForTheSameModel() throws EmbeddingException {
        EmbeddingProvider first = embeddings.provider("open", "a");
        assertThat(embeddings.provider("open", "a")).isSameAs(first);
        assertThat(embeddings.provider("open", "b")).isNotSameAs(first);
        assertThat(first.model()).isEqualTo("localhost:9/v1/a");
        assertThat(first.textsPerCall()).isEqualTo(100);
    }

    @Test
    void inventedModelsDoNotPileUp() throws EmbeddingException {
        for (int i = 0; i < Embeddings.MODELS_MAX; i++) {
            embeddings.provider("open", "m" + i);
        }
        assertThatThrownBy(() -> embeddings.provider("open", "one more")).satisfies(EmbeddingsTest::isInvalid)
                .hasMessageContaining("[open]").hasMessageContaining("64");
        assertThat(embeddings.provider("open", "m7").model()).endsWith("/m7");
    }

    @Test
    void aModelIsCheckedWithoutBeingOpened() {
        embeddings.checkModel("none", null);
        embeddings.checkModel("cloud", null);
        embeddings.checkModel("open", "x".repeat(200));
        refused("open", null, "name one");
        refused("open", " ", "blank");
        refused("open", "x".repeat(201), "201 characters");
        refused("clod", "m", "[clod]");
        try (Embeddings local = new Embeddings(List.of(EmbeddingConnection.local()), Map.of(), 0)) {
            local.checkModel("local", "all-MiniLM-L6-v2-256");
            assertThatThrownBy(() -> local.checkModel("local", "gpt")).satisfies(EmbeddingsTest::isInvalid)
                    .hasMessageContaining("no model [gpt]");
        }
    }

    private void refused(String connection, String model, String why) {
        assertThatThrownBy(() -> embeddings.checkModel(connection, model))
                .satisfies(EmbeddingsTest::isInvalid)
                .hasMessageContaining(why);
    }

    @Test
    void twoConnectionsOfOneNameAreRefused() {
        List<EmbeddingConnection> twice = List.of(EmbeddingConnection.none(), EmbeddingConnection.none());
        assertThatThrownBy(() -> new Embeddings(twice, Map.of(), 0)).satisfies(EmbeddingsTest::isInvalid);
    }

    @Test
    void afterCloseThereIsNoProvider() {
        embeddings.close();
        assertThatThrownBy(() -> embeddings.provider("open", "a")).isInstanceOf(IllegalStateException.class);
    }
}
