package io.forebay.bench.data;

import io.forebay.client.dataset.DatasetException;
import io.forebay.client.dataset.NpyReader;
import io.forebay.model.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A dataset in files, by the path of its records. An HDF5 file has everything; beside the others their queries and exact answers
 * are looked for by name ({@code sift_base.fvecs}, {@code sift_query.fvecs}, {@code sift_groundtruth.ivecs}), if no
 * paths are given. Where there are no queries the last records are taken for them, and are then no records.
 */
public final class VectorFiles {
    private static final int HELD_OUT_MAX = 1_000;

    /** What the name of the records does not say. */
    public record Beside(@Nullable Path queries, @Nullable Path answers, @Nullable Space space) {
        public static final Beside NOTHING = new Beside(null, null, null);
    }

    private VectorFiles() {}

    public static VectorData read(Path file, Beside beside, long rowsMax) throws IOException {
        if (isHdf5(file)) {
            return Hdf5File.read(file, rowsMax);
        }
        Space space = beside.space() == null ? Space.L2 : beside.space();
        Path queryFile = beside.queries() == null ? sibling(file, "query", "queries") : beside.queries();
        String name = String.valueOf(file.getFileName());
        if (queryFile == null) {
            return heldOut(name, space, floats(file, Long.MAX_VALUE), rowsMax, FileHash.of(file));
        }
        List<float[]> rows = floats(file, rowsMax);
        List<float[]> queries = floats(queryFile, Long.MAX_VALUE);
        checkDimensions(file, rows, queryFile, queries);
        List<FileHash> files = new ArrayList<>(List.of(FileHash.of(file), FileHash.of(queryFile)));
        Path answerFile = beside.answers() == null
                ? sibling(file, "groundtruth", "gt", "neighbors")
                : beside.answers();
        List<int[]> answers = null;
        long records = count(file);
        if (answerFile != null) {
            answers = ints(answerFile);
            checkAnswers(answerFile, answers, queries.size(), records);
            files.add(FileHash.of(answerFile));
        }
        return new VectorData(name, space, records, rows, queries, answers, files);
    }

    private static VectorData heldOut(String name, Space space, List<float[]> all, long rowsMax,
            FileHash hash) throws DatasetException {
        int queries = Math.min(HELD_OUT_MAX, all.size() / 10);
        if (queries == 0) {
            throw new DatasetException(name + " has " + all.size()
                    + " rows and no queries beside it: too few to take some of them as queries");
        }
        int records = all.size() - queries;
        List<float[]> rows = all.subList(0, (int) Math.min(rowsMax, records));
        return new VectorData(name, space, records, rows, all.subList(records, all.size()), null,
                List.of(hash));
    }

    private static void checkDimensions(Path file, List<float[]> rows, Path queryFile, List<float[]> queries)
            throws DatasetException {
        if (rows.isEmpty() || queries.isEmpty()) {
            throw new DatasetException((rows.isEmpty() ? file : queryFile) + " has no rows");
        }
        if (rows.getFirst().length != queries.getFirst().length) {
            throw new DatasetException(queryFile + " has dimension " + queries.getFirst().length + ", " + file
                    + " has " + rows.getFirst().length);
        }
    }

    private static void checkAnswers(Path file, List<int[]> answers, int queries, long records)
            throws DatasetException {
        if (answers.size() != queries) {
            throw new DatasetException(
                    file + " answers " + answers.size() + " queries of " + queries);
        }
        for (int[] answer : answers) {
            for (int row : answer) {
                if (row < 0 || row >= records) {
                    throw new DatasetException(file + " names record " + row + " of " + records);
                }
            }
        }
    }

    private static boolean isHdf5(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(".hdf5") || name.endsWith(".h5");
    }

    static List<float[]> floats(Path file, long rowsMax) throws IOException {
        RowFile rows = RowFile.of(file);
        if (rows != null) {
            return rows.floats(rowsMax);
        }
        requireNpy(file);
        List<float[]> all = new ArrayList<>();
        try (NpyReader reader = NpyReader.open(file)) {
            float[] row = new float[reader.columns()];
            while (all.size() < rowsMax && reader.next(row)) {
                all.add(row.clone());
            }
        }
        return all;
    }

    static List<int[]> ints(Path file) throws IOException {
        RowFile rows = RowFile.of(file);
        if (rows != null) {
            return rows.ints(Long.MAX_VALUE);
        }
        requireNpy(file);
        List<int[]> all = new ArrayList<>();
        try (NpyReader reader = NpyReader.open(file)) {
            int[] row = new int[reader.columns()];
            while (reader.next(row)) {
                all.add(row.clone());
            }
        }
        return all;
    }

    private static long count(Path file) throws IOException {
        RowFile rows = RowFile.of(file);
        if (rows != null) {
            return rows.count();
        }
        try (NpyReader reader = NpyReader.open(file)) {
            return reader.rows();
        }
    }

    private static void requireNpy(Path file) throws DatasetException {
        if (!String.valueOf(file.getFileName()).endsWith(".npy")) {
            throw new DatasetException(
                    file + " is of no kind that is read: .hdf5, .h5, .fvecs, .ivecs, .bvecs,"
                            + " .fbin, .ibin, .u8bin, .i8bin or .npy");
        }
    }

    /** The file whose name has one of these words where that of the records has "base"; null if there is none. */
    private static @Nullable Path sibling(Path file, String... words) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (!name.contains("base")) {
            return null;
        }
        Path folder = file.toAbsolutePath().getParent();
        for (String word : words) {
            String stem = name.substring(0, name.lastIndexOf('.')).replace("base", word);
            for (String ending : List.of("fvecs", "ivecs", "bvecs", "fbin", "ibin", "u8bin", "i8bin",
                    "npy")) {
                Path candidate = folder == null ? null : folder.resolve(stem + "." + ending);
                if (candidate != null && Files.isRegularFile(candidate)) {
                    return candidate;
                }
            }
        }
        return null;
    }
}
