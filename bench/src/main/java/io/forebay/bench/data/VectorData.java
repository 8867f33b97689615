package io.forebay.bench.data;

import io.forebay.model.Space;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Vectors without documents, with queries.
 *
 * @param records    that the dataset has; rows may be the first of them only
 * @param neighbours rows of the nearest of each query among all records, nearest first; null where no file says them
 * @param files      what it was read from
 */
public record VectorData(String name, Space space, long records, List<float[]> rows, List<float[]> queries,
        @Nullable List<int[]> neighbours, List<FileHash> files) {

    public VectorData {
        if (rows.isEmpty() || queries.isEmpty()) {
            throw new IllegalArgumentException(
                    name + " has " + rows.size() + " rows and " + queries.size() + " queries");
        }
    }

    public int dimension() {
        return rows.getFirst().length;
    }
}
