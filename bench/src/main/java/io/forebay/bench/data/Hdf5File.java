package io.forebay.bench.data;

import io.forebay.client.dataset.DatasetException;
import io.forebay.model.Space;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of ann-benchmarks: HDF5 with the datasets {@code train} (the records), {@code test} (the queries) and {@code neighbors}
 * (rows of the exact answers), and the attribute {@code distance}.
 */
final class Hdf5File {
    private static final int ROWS_AT_ONCE = 10_000;

    private Hdf5File() {}

    static VectorData read(Path path, long rowsMax) throws IOException {
        try (HdfFile file = new HdfFile(path)) {
            Dataset train = matrix(path, file, "train");
            List<float[]> rows = floats(path, train, rowsMax);
            List<float[]> queries = floats(path, matrix(path, file, "test"), Long.MAX_VALUE);
            List<int[]> neighbours = file.getChildren().containsKey("neighbors")
                    ? ints(path, matrix(path, file, "neighbors"))
                    : null;
            return new VectorData(String.valueOf(path.getFileName()), space(path, file),
                    train.getDimensions()[0], rows, queries, neighbours, List.of(FileHash.of(path)));
        } catch (HdfException | IllegalArgumentException | IndexOutOfBoundsException
                | java.nio.BufferUnderflowException damaged) {
            throw new DatasetException(
                    path + " is not an HDF5 file that can be read: " + damaged.getMessage());
        }
    }

    private static Space space(Path path, HdfFile file) throws DatasetException {
        Attribute distance = file.getAttribute("distance");
        String name = distance == null ? "none" : String.valueOf(distance.getData());
        return switch (name) {
            case "euclidean" -> Space.L2;
            case "angular" -> Space.COSINE;
            case "dot", "ip" -> Space.IP;
            default -> throw new DatasetException(path + ": its distance is '" + name
                    + "', only euclidean, angular and dot are read");
        };
    }

    private static Dataset matrix(Path path, HdfFile file, String name) throws DatasetException {
        if (!(file.getChild(name) instanceof Dataset found) || found.getDimensions().length != 2) {
            throw new DatasetException(path + " has no dataset '" + name + "' of two dimensions");
        }
        return found;
    }

    private static List<float[]> floats(Path path, Dataset matrix, long rowsMax) throws DatasetException {
        int[] shape = matrix.getDimensions();
        List<float[]> rows = new ArrayList<>();
        for (int first = 0; first < Math.min(shape[0], rowsMax); first += ROWS_AT_ONCE) {
            int count = (int) Math.min(ROWS_AT_ONCE, Math.min(shape[0], rowsMax) - first);
            Object block = matrix.getData(new long[]{first, 0}, new int[]{count, shape[1]});
            switch (block) {
                case float[][] some -> rows.addAll(List.of(some));
                case double[][] some -> {
                    for (double[] row : some) {
                        rows.add(narrowed(row));
                    }
                }
                default -> throw new DatasetException(path + ": dataset '" + matrix.getName() + "' holds "
                        + matrix.getJavaType() + ", float or double was expected");
            }
        }
        for (float[] row : rows) {
            checkFinite(path, matrix.getName(), row);
        }
        return rows;
    }

    private static void checkFinite(Path path, String name, float[] row) throws DatasetException {
        for (float value : row) {
            if (!Float.isFinite(value)) {
                throw new DatasetException(path + ": dataset '" + name + "' holds " + value);
            }
        }
    }

    private static float[] narrowed(double[] row) {
        float[] values = new float[row.length];
        for (int i = 0; i < row.length; i++) {
            values[i] = (float) row[i];
        }
        return values;
    }

    private static List<int[]> ints(Path path, Dataset matrix) throws DatasetException {
        Object all = matrix.getData();
        if (all instanceof int[][] rows) {
            return List.of(rows);
        }
        if (all instanceof long[][] rows) {
            List<int[]> narrow = new ArrayList<>();
            for (long[] row : rows) {
                narrow.add(java.util.Arrays.stream(row).mapToInt(Math::toIntExact).toArray());
            }
            return narrow;
        }
        throw new DatasetException(path + ": dataset '" + matrix.getName() + "' holds " + matrix.getJavaType()
                + ", int or long was expected");
    }
}
