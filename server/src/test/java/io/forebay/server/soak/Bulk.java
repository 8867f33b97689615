package io.forebay.server.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.client.Filter;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Large batches over a fixed set of ids, again and again, so that there is always something to link, to reclaim and
 * to purge; and an oracle of what of them was acknowledged. One thread.
 */
final class Bulk {
    private static final int IDS = 6_000;
    private static final int BATCH = 300;
    private static final int DIMENSION = 64;
    private static final int CHECKED = 60;

    private final SoakTarget target;
    private final Random random;
    private final Map<String, Long> acked = new TreeMap<>();
    private long version;

    Bulk(SoakServer server, long seed) {
        this.target = new SoakTarget(server, "bulk");
        this.random = new Random(seed);
    }

    long records() {
        return version * BATCH;
    }

    long retries() {
        return target.retries();
    }

    void step() {
        version++;
        int from = random.nextInt(IDS - BATCH);
        RecordBatchBuilder batch = RecordBatch.builder(Operation.UPSERT);
        for (int i = from; i < from + BATCH; i++) {
            batch.record("b-" + i, vector("b-" + i, version), "document " + i,
                    Map.of("v", MetadataValue.of(version)),
                    null);
        }
        target.write(batch.build());
        for (int i = from; i < from + BATCH; i++) {
            acked.put("b-" + i, version);
        }
    }

    /** Nothing is under way: some records must be as acknowledged, and be found by their embeddings. */
    void check() {
        assertThat(target.<Integer>persistently(() -> target.collection().count())).isEqualTo(acked.size());
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < CHECKED; i++) {
            ids.add("b-" + random.nextInt(IDS));
        }
        GetRequest request = new GetRequest(ids.stream().distinct().toList(), null, null, 0,
                EnumSet.of(Include.METADATAS, Include.EMBEDDINGS));
        List<StoredRecord> found = target
                .persistently(() -> target.collection().get(request, Filter.NONE, ReadOptions.DEFAULT));
        assertThat(found).hasSize((int) request.ids().stream().filter(acked::containsKey).count());
        for (StoredRecord record : found) {
            long expected = acked.get(record.id());
            assertThat(record.metadata()).as(record.id()).containsEntry("v", MetadataValue.of(expected));
            assertThat(record.embedding()).as(record.id()).containsExactly(vector(record.id(), expected));
        }
        if (!found.isEmpty()) {
            StoredRecord one = found.get(0);
            assertThat(target.persistently(
                    () -> target.collection().query(QueryRequest.nearest(one.embedding(), 3))).get(0).get(0)
                    .record()
                    .id()).isEqualTo(one.id());
        }
    }

    private static float[] vector(String id, long version) {
        Random random = new Random(id.hashCode() * 31L + version);
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }
}
