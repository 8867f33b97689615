package io.forebay.server.cli;

import io.forebay.client.dataset.BatchReader;
import io.forebay.client.dataset.Dataset;
import io.forebay.client.dataset.ExactSearch;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The demo's dataset in memory: batches ready to be sent, queries, and their exact answers. */
final class DemoData {
    static final int NEIGHBOURS = 10;

    private final Dataset dataset;
    private final int batchRecords;
    private final List<RecordBatch> batches = new ArrayList<>();
    private final List<float[]> queries;
    private final List<int[]> exact;
    private final int records;

    /** @param recordsMax null for all; fewer have their exact answers computed here */
    DemoData(Dataset dataset, int batchRecords, @Nullable Integer recordsMax) throws IOException {
        this.dataset = dataset;
        this.batchRecords = batchRecords;
        long wanted = recordsMax == null ? dataset.records() : Math.min(recordsMax, dataset.records());
        try (BatchReader reader = dataset.batches(Operation.ADD, batchRecords, wanted)) {
            for (RecordBatch next = reader.next(); next != null; next = reader.next()) {
                batches.add(next);
            }
        }
        records = batches.stream().mapToInt(RecordBatch::size).sum();
        queries = dataset.queryEmbeddings();
        exact = wanted == dataset.records()
                ? dataset.exactNeighbours()
                : dataset.exactNeighbours(wanted, NEIGHBOURS);
    }

    Dataset dataset() {
        return dataset;
    }

    List<RecordBatch> batches() {
        return batches;
    }

    int records() {
        return records;
    }

    List<float[]> queries() {
        return queries;
    }

    /** The ids of the exact nearest records of this query. */
    Set<String> exactIds(int query) {
        int[] rows = exact.get(query);
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < Math.min(NEIGHBOURS, rows.length); i++) {
            ids.add(batches.get(rows[i] / batchRecords).id(rows[i] % batchRecords));
        }
        return ids;
    }

    /**
     * Distance of the farthest of them: a record that is as near is as right an answer (some texts occur
     * twice).
     */
    double exactDistanceMax(int query) {
        int[] rows = exact.get(query);
        int row = rows[Math.min(NEIGHBOURS, rows.length) - 1];
        float[] embedding = new float[dataset.dimension()];
        batches.get(row / batchRecords).copyEmbedding(row % batchRecords, embedding);
        return ExactSearch.distance(embedding, queries.get(query), dataset.space());
    }
}
