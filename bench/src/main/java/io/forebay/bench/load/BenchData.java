package io.forebay.bench.load;

import io.forebay.bench.data.FileHash;
import io.forebay.bench.data.IntrinsicDimension;
import io.forebay.bench.data.VectorData;
import io.forebay.client.dataset.BatchReader;
import io.forebay.client.dataset.Dataset;
import io.forebay.client.dataset.Datasets;
import io.forebay.client.dataset.ExactSearch;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A dataset in memory, so that reading it is no part of any measurement. Immutable once it is loaded. */
public final class BenchData {
    /** Points whose intrinsic dimension is estimated: a second or so. */
    private static final int ESTIMATED_POINTS_MAX = 2_000;

    private final Facts facts;
    private final List<Row> rows;
    private final Answers answers;
    private final List<FileHash> files;
    private final @Nullable Double intrinsicDimension;

    /**
     * What the result of a benchmark says about its data.
     *
     * @param sha256             of everything that was used: one hash over those of the files
     * @param intrinsicDimension as two nearest neighbours tell it, of foreign and made sets; null for our own
     */
    public record Description(String name, long records, int dimension, String space, String sha256,
            List<FileHash> files, @Nullable Double intrinsicDimension) {}

    /** The whole of it, whether or not all of it was loaded. */
    public record Facts(String name, long records, int dimension, Space space,
            List<float[]> queryEmbeddings) {}

    record Row(String id, float[] embedding, @Nullable String document,
            @Nullable Map<String, MetadataValue> metadata) {}

    /** Reads what the dataset says are the nearest rows of each query; null where it says nothing. */
    private interface Answers {
        @Nullable
        List<int[]> read() throws IOException;
    }

    private BenchData(Facts facts, List<Row> rows, Answers answers, List<FileHash> files,
            @Nullable Double intrinsicDimension) {
        this.facts = facts;
        this.rows = rows;
        this.answers = answers;
        this.files = files;
        this.intrinsicDimension = intrinsicDimension;
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
        List<FileHash> files = new ArrayList<>();
        for (Path file : List.of(dataset.documents(), dataset.embeddings(), dataset.queries(),
                dataset.neighbours())) {
            files.add(FileHash.of(file));
        }
        Facts facts = new Facts(dataset.name(), dataset.records(), dataset.dimension(), dataset.space(),
                dataset.queryEmbeddings());
        return new BenchData(facts, rows, dataset::exactNeighbours, files, null);
    }

    /** Vectors only; ids are made from their numbers. */
    public static BenchData of(VectorData vectors) {
        List<Row> rows = new ArrayList<>();
        for (float[] vector : vectors.rows()) {
            rows.add(new Row("r" + rows.size(), vector, null, null));
        }
        Facts facts = new Facts(vectors.name(), vectors.records(), vectors.dimension(), vectors.space(),
                vectors.queries());
        double estimated = IntrinsicDimension.twoNearest(vectors.rows(), ESTIMATED_POINTS_MAX);
        return new BenchData(facts, rows, vectors::neighbours, vectors.files(), estimated);
    }

    public Facts dataset() {
        return facts;
    }

    public Description description() {
        return new Description(facts.name(), rows.size(), facts.dimension(), facts.space().wireName(),
                FileHash.ofAll(files), files, intrinsicDimension);
    }

    public int size() {
        return rows.size();
    }

    Row row(int index) {
        return rows.get(index);
    }

    public String id(int index) {
        return rows.get(index).id();
    }

    /** The embeddings of the first records that were loaded, copied. */
    public float[][] embeddings(int recordsMax) {
        return rows.stream().limit(recordsMax).map(row -> row.embedding().clone()).toArray(float[][]::new);
    }

    /** For each query of the dataset the ids of its nearest records among those loaded, nearest first. */
    public List<List<String>> exactAnswers(int count) throws IOException {
        return exactAnswers(count, Integer.MAX_VALUE);
    }

    /** The same for the first queries only: where the dataset has no answers, or not for these records, they are computed. */
    public List<List<String>> exactAnswers(int count, int queriesMax) throws IOException {
        List<List<String>> all = new ArrayList<>();
        for (int[] nearest : neighbours(count, Math.min(queriesMax, facts.queryEmbeddings().size()))) {
            List<String> ids = new ArrayList<>(count);
            for (int i = 0; i < Math.min(count, nearest.length); i++) {
                ids.add(rows.get(nearest[i]).id());
            }
            all.add(ids);
        }
        return all;
    }

    private List<int[]> neighbours(int count, int queries) throws IOException {
        List<int[]> told = rows.size() == facts.records() ? answers.read() : null;
        if (told != null && told.stream().allMatch(one -> one.length >= count)) {
            return told.subList(0, queries);
        }
        return ExactSearch.nearest(rows.stream().map(Row::embedding).toList(),
                facts.queryEmbeddings().subList(0, queries), facts.space(), Math.min(count, rows.size()));
    }
}
