package io.forebay.etl.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LocalProviderTest {
    private static Embeddings embeddings;
    private static EmbeddingProvider local;
    private static List<String> texts;

    @BeforeAll
    static void open() throws Exception {
        embeddings = new Embeddings(List.of(EmbeddingConnection.local()), Map.of(), 2);
        local = embeddings.provider(EmbeddingConnection.LOCAL, null);
        texts = Sample.texts();
    }

    @AfterAll
    static void close() {
        embeddings.close();
    }

    /**
     * The longest hundred and four hundred more. Rows with a backslash are left out: the reference was made of those texts
     * as they stand in the JSON file, where it is doubled.
     */
    @Test
    void vectorsAgreeWithTheReference() throws Exception {
        float[][] reference = Sample.vectors();
        List<Integer> rows = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).indexOf('\\') < 0) {
                rows.add(i);
            }
        }
        rows.sort(Comparator.comparingInt(i -> -texts.get(i).length()));
        List<Integer> rest = new ArrayList<>(rows.subList(100, rows.size()));
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("forebay.seed=" + seed);
        Collections.shuffle(rest, new Random(seed));
        List<Integer> chosen = new ArrayList<>(rows.subList(0, 100));
        chosen.addAll(rest.subList(0, 400));
        Collections.shuffle(chosen, new Random(seed));

        List<float[]> vectors = atOnce(chosen.stream().map(texts::get).toList());

        List<String> off = new ArrayList<>();
        double sum = 0;
        for (int i = 0; i < chosen.size(); i++) {
            double cosine = Sample.cosine(vectors.get(i), reference[chosen.get(i)]);
            sum += cosine;
            if (!(cosine >= 0.99)) {
                off.add("row " + chosen.get(i) + ": " + cosine);
            }
        }
        assertThat(off).isEmpty();
        assertThat(sum / chosen.size()).isGreaterThan(0.999);
    }

    /** By two threads, as the pipeline does. */
    private static List<float[]> atOnce(List<String> all) throws Exception {
        try (ExecutorService two = Executors.newFixedThreadPool(2)) {
            List<Future<float[][]>> parts = new ArrayList<>();
            for (int from = 0; from < all.size(); from += local.textsPerCall()) {
                List<String> some = all.subList(from, Math.min(all.size(), from + local.textsPerCall()));
                parts.add(two.submit(() -> local.embed(some)));
            }
            List<float[]> vectors = new ArrayList<>();
            for (Future<float[][]> part : parts) {
                vectors.addAll(List.of(part.get()));
            }
            return vectors;
        }
    }

    @Test
    void aTextHasTheSameVectorWhateverItsCompany() throws Exception {
        List<String> many = texts.subList(40, 60);
        float[][] together = local.embed(many);
        for (int i = 0; i < many.size(); i += 5) {
            assertThat(local.embed(List.of(many.get(i)))[0]).isEqualTo(together[i]);
        }
        assertThat(local.embed(List.of("a", "b", "a"))).hasNumberOfRows(3)
                .satisfies(v -> assertThat(v[0]).isEqualTo(v[2]).isNotEqualTo(v[1]));
    }

    @Test
    void vectorsHaveLengthOneEvenOfNothing() throws Exception {
        float[][] vectors = local
                .embed(List.of("", " ", "x", "word ".repeat(5000), "\ud800", "a".repeat(100_000)));
        for (float[] vector : vectors) {
            assertThat(vector).hasSize(384);
            assertThat(Sample.cosine(vector, vector)).isBetween(0.999, 1.001);
            double square = 0;
            for (float x : vector) {
                square += x * x;
            }
            assertThat(square).isBetween(0.999, 1.001);
        }
        assertThat(local.embed(List.of())).isEmpty();
    }

    @Test
    void theLongModelSeesMoreOfALongTextAndTheSameOfAShortOne() throws Exception {
        EmbeddingProvider seesMore = embeddings.provider("local", "all-MiniLM-L6-v2-256");
        assertThat(seesMore.model()).isNotEqualTo(local.model());
        String longText = "one two three four five ".repeat(30);
        List<String> two = List.of("short", longText);
        float[][] here = local.embed(two);
        float[][] there = seesMore.embed(two);
        assertThat(there[0]).isEqualTo(here[0]);
        assertThat(there[1]).isNotEqualTo(here[1]);
        assertThat(local.embed(List.of(longText + " six"))[0]).isEqualTo(here[1]);
    }

    @Test
    void anInterruptEndsACall() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> local.embed(List.of("a"))).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void anotherModelIsRefusedWithTheNamesThatThereAre() {
        assertThatThrownBy(() -> embeddings.provider("local", "bge-small")).isInstanceOfSatisfying(
                ForebayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining("bge-small").hasMessageContaining("all-MiniLM-L6-v2");
    }
}
