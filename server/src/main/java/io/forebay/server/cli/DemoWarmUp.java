package io.forebay.server.cli;

import io.forebay.client.CollectionClient;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.client.dataset.BatchReader;
import io.forebay.client.dataset.Dataset;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.RecordBatch;
import java.io.IOException;

/**
 * A little of everything in a collection that is deleted again, so that what is measured is the server and
 * not the first seconds of two JVMs.
 */
final class DemoWarmUp {
    static final int RECORDS = 2_000;
    private static final int BATCH_RECORDS = 50;
    private static final int QUERIES = 50;
    private static final String COLLECTION = "warm-up";

    private DemoWarmUp() {}

    static void run(ForebayClient client, Dataset dataset) throws IOException {
        CollectionClient collection = client.createCollection(COLLECTION,
                CollectionConfig.of(dataset.space()).withBatchIngest(true));
        try (BatchReader reader = dataset.batches(Operation.ADD, BATCH_RECORDS, RECORDS)) {
            for (RecordBatch next = reader.next(); next != null; next = reader.next()) {
                collection.write(next);
            }
        }
        collection.flush(FlushPosition.LINKED);
        dataset.queryEmbeddings().stream().limit(QUERIES)
                .forEach(query -> collection.query(QueryRequest.nearest(query, DemoData.NEIGHBOURS)));
        client.deleteCollection(COLLECTION);
    }
}
