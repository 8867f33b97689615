package io.forebay.bench.index;

import io.forebay.bench.load.BenchData;
import io.forebay.model.Space;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;

/** Makes the sets, each from a seed of its own. */
final class VectorSets {
    private static final long SEED = 11;

    private VectorSets() {}

    /**
     * The set with so many rows. Where the dataset has fewer, further passes over it follow, moved a little.
     *
     * @param queries at most so many
     */
    static VectorSet of(SetKind kind, BenchData data, int rows, int queries) throws IOException {
        return switch (kind) {
            case REAL -> real(data, rows, queries);
            case LOW128 -> split("low128", Space.L2,
                    BenchVectors.lowDimensional(new Random(SEED), rows + queries, 128), rows);
            case CLUSTERED768 -> split("clustered768", Space.COSINE,
                    BenchVectors.clustered(new Random(SEED), rows + queries, 768), rows);
        };
    }

    private static VectorSet real(BenchData data, int rows, int queries) throws IOException {
        float[][] loaded = data.embeddings(rows);
        float[][] asked = data.dataset().queryEmbeddings().stream().limit(queries).toArray(float[][]::new);
        return new VectorSet("real" + data.dataset().dimension(), data.dataset().space(),
                BenchVectors.extended(new Random(SEED), loaded, rows), asked);
    }

    private static VectorSet split(String name, Space space, float[][] all, int rows) {
        return new VectorSet(name, space, Arrays.copyOf(all, rows),
                Arrays.copyOfRange(all, rows, all.length));
    }
}
