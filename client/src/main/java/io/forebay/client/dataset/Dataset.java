package io.forebay.client.dataset;

import io.forebay.model.Operation;
import io.forebay.model.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Documents with embeddings, queries, and the exact answers of the queries.
 *
 * @param name       for people
 * @param documents  lines of JSON
 * @param embeddings row i belongs to line i
 * @param queries    embeddings of the queries
 * @param neighbours for each query the rows of its nearest records, nearest first
 * @param space      in which they are nearest
 */
public record Dataset(String name, long records, int dimension, Space space, Path documents, Path embeddings,
        Path queryDocuments, Path queries, Path neighbours) {

    public BatchReader batches(Operation operation, int batchRecords) throws IOException {
        return batches(operation, batchRecords, Long.MAX_VALUE);
    }

    /** At most so many records from the beginning. */
    public BatchReader batches(Operation operation, int batchRecords, long recordsMax) throws IOException {
        NpyReader rows = NpyReader.open(embeddings);
        try {
            return new BatchReader(DocumentReader.open(documents), rows, operation, batchRecords, recordsMax);
        } catch (IOException | RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    /** The id of each row. */
    public List<String> ids() throws IOException {
        List<String> ids = new ArrayList<>((int) records);
        try (DocumentReader reader = DocumentReader.open(documents)) {
            for (Document next = reader.next(); next != null; next = reader.next()) {
                ids.add(next.id());
            }
        }
        return ids;
    }

    public List<float[]> queryEmbeddings() throws IOException {
        return floats(queries, Long.MAX_VALUE);
    }

    public List<Document> queryTexts() throws IOException {
        List<Document> texts = new ArrayList<>();
        try (DocumentReader reader = DocumentReader.open(queryDocuments)) {
            for (Document next = reader.next(); next != null; next = reader.next()) {
                texts.add(next);
            }
        }
        return texts;
    }

    /** Row numbers, nearest first, one list for each query. */
    public List<int[]> exactNeighbours() throws IOException {
        List<int[]> all = new ArrayList<>();
        try (NpyReader reader = NpyReader.open(neighbours)) {
            int[] row = new int[reader.columns()];
            while (reader.next(row)) {
                for (int neighbour : row) {
                    if (neighbour < 0 || neighbour >= records) {
                        throw new DatasetException(
                                neighbours + " row " + all.size() + " names record " + neighbour
                                        + " of " + records);
                    }
                }
                all.add(row.clone());
            }
        }
        return all;
    }

    /** The same for the first records only, computed here: exact, one pass over the embeddings. */
    public List<int[]> exactNeighbours(long firstRecords, int count) throws IOException {
        return ExactSearch.nearest(floats(embeddings, firstRecords), queryEmbeddings(), space, count);
    }

    static List<float[]> floats(Path file, long rowsMax) throws IOException {
        List<float[]> all = new ArrayList<>();
        try (NpyReader reader = NpyReader.open(file)) {
            float[] row = new float[reader.columns()];
            while (all.size() < rowsMax && reader.next(row)) {
                all.add(row.clone());
            }
        }
        return all;
    }
}
