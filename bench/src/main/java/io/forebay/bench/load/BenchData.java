package io.forebay.bench.load;

import io.forebay.client.dataset.BatchReader;
import io.forebay.client.dataset.Dataset;
import io.forebay.client.dataset.Datasets;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A dataset in memory, so that reading it is no part of any measurement. Immutable once it is loaded. */
public final class BenchData {
    private final Dataset dataset;
    private final List<Row> rows;
    private final String sha256;

    /** What the result of a benchmark says about its data. */
    public record Description(String name, long records, int dimension, String space,
            String embeddingsSha256) {}

    record Row(String id, float[] embedding, @Nullable String document,
            @Nullable Map<String, MetadataValue> metadata) {}

    private BenchData(Dataset dataset, List<Row> rows, String sha256) {
        this.dataset = dataset;
        this.rows = rows;
        this.sha256 = sha256;
    }

    /**
     * The dataset of the folder, or the one that {@link Datasets#find} takes.
     *
     * @param recordsMax at most so many of its records, from the beginning
     */
    public static BenchData load(Path root, @Nullable Path folder, long recordsMax) throws IOException {
        Dataset dataset = folder == null ? Datasets.find(root) : Datasets.open(folder);
        List<Row> rows = new ArrayList<>();
        try (BatchReader reader = dataset.batches(Operation.ADD, 1000, recordsMax)) {
            for (RecordBatch batch = reader.next(); batch != null; batch = reader.next()) {
                for (int i = 0; i < batch.size(); i++) {
                    float[] embedding = new float[batch.dimension()];
                    batch.copyEmbedding(i, embedding);
                    rows.add(new Row(batch.id(i), embedding, batch.document(i), batch.metadata(i)));
                }
            }
        }
        return new BenchData(dataset, rows, sha256(dataset.embeddings()));
    }

    public Dataset dataset() {
        return dataset;
    }

    public Description description() {
        return new Description(dataset.name(), rows.size(), dataset.dimension(), dataset.space().wireName(),
                sha256);
    }

    public int size() {
        return rows.size();
    }

    Row row(int index) {
        return rows.get(index);
    }

    /** The embeddings of the first records that were loaded, copied. */
    public float[][] embeddings(int recordsMax) {
        return rows.stream().limit(recordsMax).map(row -> row.embedding().clone()).toArray(float[][]::new);
    }

    /** For each query of the dataset the ids of its nearest records among those loaded, nearest first. */
    public List<List<String>> exactAnswers(int count) throws IOException {
        List<int[]> neighbours = rows.size() == dataset.records()
                ? dataset.exactNeighbours()
                : dataset.exactNeighbours(rows.size(), count);
        List<List<String>> answers = new ArrayList<>(neighbours.size());
        for (int[] nearest : neighbours) {
            List<String> ids = new ArrayList<>(count);
            for (int i = 0; i < Math.min(count, nearest.length); i++) {
                ids.add(rows.get(nearest[i]).id());
            }
            answers.add(ids);
        }
        return answers;
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digested = new DigestInputStream(in,
                        MessageDigest.getInstance("SHA-256"))) {
            digested.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digested.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
