package io.forebay.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.RecordBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BatchSourceTest {
    private static final int LOADED = 50;
    private static BenchData data;

    @BeforeAll
    static void load() throws Exception {
        Path root = Path.of(System.getProperty("forebay.root"));
        data = BenchData.load(root, root.resolve("sample"), LOADED);
    }

    private static List<RecordBatch> all(BatchSource source) {
        List<RecordBatch> batches = new ArrayList<>();
        for (RecordBatch batch = source.next(); batch != null; batch = source.next()) {
            batches.add(batch);
        }
        return batches;
    }

    @Test
    void givesExactlyTheRecordsAskedForWithDifferentIds() {
        List<RecordBatch> batches = all(new BatchSource(data, Payload.VECTORS, 40, 130));
        assertThat(batches).extracting(RecordBatch::size).containsExactly(40, 40, 40, 10);
        HashSet<String> ids = new HashSet<>();
        batches.forEach(batch -> {
            for (int i = 0; i < batch.size(); i++) {
                ids.add(batch.id(i));
            }
        });
        assertThat(ids).hasSize(130);
    }

    @Test
    void aLoadGoesOnWhereAnotherOneEnded() {
        RecordBatch second = all(new BatchSource(data, Payload.VECTORS, 40, 80)).get(1);
        List<RecordBatch> rest = all(new BatchSource(data, Payload.VECTORS, 40, 80).startingAt(40));
        assertThat(rest).singleElement()
                .satisfies(batch -> assertThat(batch.encoded()).isEqualTo(second.encoded()));
    }

    @Test
    void theFirstPassIsTheDataset() {
        RecordBatch batch = new BatchSource(data, Payload.RECORDS, LOADED, LOADED).next();
        float[] embedding = new float[batch.dimension()];
        batch.copyEmbedding(7, embedding);
        assertThat(batch.id(7)).isEqualTo(data.row(7).id());
        assertThat(embedding).isEqualTo(data.row(7).embedding());
        assertThat(batch.document(7)).isEqualTo(data.row(7).document());
        assertThat(batch.metadata(7)).isEqualTo(data.row(7).metadata());
    }

    @Test
    void furtherPassesGiveOtherEmbeddings() {
        List<RecordBatch> batches = all(new BatchSource(data, Payload.VECTORS, LOADED, 3 * LOADED));
        float[][] same = new float[3][data.dataset().dimension()];
        for (int pass = 0; pass < 3; pass++) {
            batches.get(pass).copyEmbedding(0, same[pass]);
        }
        assertThat(same[1]).isNotEqualTo(same[0]);
        assertThat(same[2]).isNotEqualTo(same[0]).isNotEqualTo(same[1]);
    }

    @Test
    void vectorsOnlyCarryNothingElse() {
        RecordBatch batch = new BatchSource(data, Payload.VECTORS, 10, 10).next();
        assertThat(batch.document(0)).isNull();
        assertThat(batch.metadata(0)).isNull();
    }

    @Test
    void exactAnswersAreAmongTheRecordsLoaded() throws Exception {
        HashSet<String> loaded = new HashSet<>();
        for (int i = 0; i < LOADED; i++) {
            loaded.add(data.row(i).id());
        }
        assertThat(data.exactAnswers(10)).allSatisfy(answers -> {
            assertThat(answers).hasSize(10).doesNotHaveDuplicates();
            assertThat(loaded).containsAll(answers);
        });
    }
}
