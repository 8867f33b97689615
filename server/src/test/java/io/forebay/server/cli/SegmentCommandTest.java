package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.Forebay;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tools for vector segments say of a whole store, a damaged one, one in use, and none. */
class SegmentCommandTest {
    private static final int RECORDS = 1_500;

    @TempDir
    Path directory;
    private Path store;

    @BeforeEach
    void make() {
        store = directory.resolve("store");
        Random random = new Random(1);
        try (Forebay forebay = Forebay.open(store, SmallStore.options())) {
            for (String name : new String[]{"docs", "few"}) {
                RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
                for (int i = 0; i < (name.equals("few") ? 3 : RECORDS); i++) {
                    float[] vector = new float[8];
                    for (int j = 0; j < vector.length; j++) {
                        vector[j] = random.nextFloat();
                    }
                    batch.record("r-" + i, vector, null, null, null);
                }
                SmallStore.add(forebay, name, batch.build());
            }
        }
    }

    private Outcome segment(String... arguments) {
        return Outcome.of(Stream.concat(Stream.of("segment"), Stream.of(arguments)).toArray(String[]::new));
    }

    private Path file(int collection, String name) {
        return store.resolve("vectors").resolve(Integer.toString(collection)).resolve(name);
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void aWholeStoreIsFine() {
        Outcome stat = segment("stat", store.toString());
        assertThat(stat.code()).isZero();
        assertThat(stat.out().lines()).hasSize(3);
        assertThat(stat.out()).containsPattern("1 +8 +1500 +1500 +1500 +1 .*Z  docs")
                .containsPattern("2 +8 +3 +3 +0 +1 .*few");
        assertThat(segment("stat", "--json", "--collection", "docs", store.toString()).out())
                .contains("\"graph_version\":1", "\"graph_linked\":1500", "\"live\":1500");
        Outcome check = segment("check", store.toString());
        assertThat(check.out()).isEqualTo("""
                collection 1 (docs): 1500 vectors, 0 damaged; graph of 1500 is sound
                collection 2 (few): 3 vectors, 0 damaged; no graph stored, a start builds it
                fine
                """);
        assertThat(check.code()).isZero();
    }

    @Test
    void aDamagedGraphIsNamedAndRebuilt() throws IOException {
        flip(file(1, "graph"), 5_000);
        Outcome check = segment("check", store.toString());
        assertThat(check.code()).isEqualTo(1);
        assertThat(check.out()).contains("collection 1 (docs): 1500 vectors, 0 damaged; graph damaged",
                "graph: the checksum of piece 0 of level 0 does not match", "1 of 2 collections are damaged");
        // The file is as it was.
        assertThat(segment("check", "--collection", "1", store.toString()).code()).isEqualTo(1);
        Outcome rebuild = segment("rebuild", "--collection", "docs", store.toString());
        assertThat(rebuild.out())
                .startsWith("collection 1 (docs): graph of 1500 vectors built and stored in");
        assertThat(rebuild.code()).isZero();
        assertThat(segment("check", store.toString()).out()).endsWith("fine\n");
        flip(file(1, "graph"), 20);
        Outcome stat = segment("stat", store.toString());
        assertThat(stat.code()).isEqualTo(1);
        assertThat(stat.out()).contains("damaged");
    }

    @Test
    void aDamagedVectorIsCounted() throws IOException {
        flip(file(1, "block-000000"), 36_864 + 64 * 7);
        Outcome check = segment("check", store.toString());
        assertThat(check.code()).isEqualTo(1);
        assertThat(check.out())
                .contains("collection 1 (docs): 1500 vectors, 1 damaged; graph of 1500 is sound");
    }

    @Test
    void aStoreThatRunsIsRefusedAndOneThatIsNoneIsNotMade() {
        try (Forebay running = Forebay.open(store, SmallStore.options())) {
            Outcome refused = segment("rebuild", store.toString());
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err()).contains("in use by process " + ProcessHandle.current().pid());
            assertThat(running.health().reasons()).isEmpty();
        }
        assertThat(segment("check", store.toString()).code()).isZero();
        Path nothing = directory.resolve("nothing");
        Outcome none = segment("stat", nothing.toString());
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err().lines()).singleElement().asString().startsWith("forebay: there is no store in");
        assertThat(nothing).doesNotExist();
        assertThat(segment("stat", "--collection", "other", store.toString()).code()).isEqualTo(2);
    }
}
