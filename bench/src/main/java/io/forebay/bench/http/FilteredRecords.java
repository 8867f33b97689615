package io.forebay.bench.http;

import io.forebay.bench.load.BatchSource;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Batches of the dataset, with metadata of known shares added to their own: see {@link FilterKind}. */
final class FilteredRecords {
    /** Prime to any number of records that is asked for, and so a permutation. */
    private static final long PRICE_STEP = 1_000_003;

    private final BatchSource source;
    private final int records;
    private final Random random = new Random(1);
    private int next;

    FilteredRecords(BatchSource source) {
        this.source = source;
        this.records = Math.toIntExact(source.records());
    }

    /** Null at the end. */
    @Nullable
    RecordBatch next() {
        RecordBatch plain = source.next();
        if (plain == null) {
            return null;
        }
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        float[] embedding = new float[plain.dimension()];
        for (int i = 0; i < plain.size(); i++) {
            plain.copyEmbedding(i, embedding);
            Map<String, MetadataValue> metadata = new LinkedHashMap<>();
            Map<String, MetadataValue> own = plain.metadata(i);
            if (own != null) {
                metadata.putAll(own);
            }
            add(metadata);
            batch.record(plain.id(i), embedding.clone(), plain.document(i), metadata, null);
        }
        return batch.build();
    }

    private void add(Map<String, MetadataValue> metadata) {
        metadata.put("bucket", MetadataValue.of(random.nextInt(100)));
        metadata.put("ten", MetadataValue.of(random.nextInt(10)));
        metadata.put("decade", MetadataValue.of(random.nextInt(10)));
        metadata.put("price", MetadataValue.of(next * PRICE_STEP % records + 0.5));
        metadata.put("tag", MetadataValue.of("t" + random.nextInt(400)));
        metadata.put("tags", new MetadataValue.StrArray(List.of("m" + random.nextInt(300),
                "m" + random.nextInt(300), "m" + random.nextInt(300))));
        next++;
    }
}
