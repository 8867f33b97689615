package io.forebay.client.dataset;

import io.forebay.model.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Finds datasets. A dataset is a folder with
 * <pre>
 *   NAME.jsonl.gz (or .jsonl)            documents
 *   NAME-….f16.npy (or .f32.npy)         their embeddings
 *   NAME-queries-….jsonl.gz              queries as text
 *   NAME-queries-….f16.npy (or .f32.npy) their embeddings
 *   NAME-queries-…-SPACE-topN.i32.npy    exact answers; SPACE is cosine, l2 or ip
 * </pre>
 */
public final class Datasets {
    private Datasets() {}

    /**
     * The full set beside the repository ({@code ../shared/data}) if it is there, else the sample that the
     * repository ships ({@code sample}).
     *
     * @throws DatasetException when there is neither, or what is there is damaged
     */
    public static Dataset find(Path repositoryRoot) throws IOException {
        Path full = repositoryRoot.resolve("../shared/data").normalize();
        Path sample = repositoryRoot.resolve("sample");
        if (holdsDocuments(full)) {
            return open(full);
        }
        if (holdsDocuments(sample)) {
            return open(sample);
        }
        throw new DatasetException(
                "no dataset: neither " + full + " nor " + sample + " holds documents (*.jsonl.gz)");
    }

    /** The dataset of this folder, its files checked against each other. */
    public static Dataset open(Path folder) throws IOException {
        List<String> names;
        try (Stream<Path> files = Files.list(folder)) {
            names = files.map(file -> file.getFileName().toString()).sorted().toList();
        }
        Path documents = folder.resolve(one(folder, names, "documents", n -> isText(n) && !isQuery(n)));
        Path embeddings = folder.resolve(one(folder, names, "embeddings", n -> isFloats(n) && !isQuery(n)));
        Path queryDocuments = folder
                .resolve(one(folder, names, "query documents", n -> isText(n) && isQuery(n)));
        Path queries = folder.resolve(one(folder, names, "query embeddings", n -> isFloats(n) && isQuery(n)));
        String answers = one(folder, names, "exact answers", n -> n.endsWith(".i32.npy") && isQuery(n));
        return checked(folder, documents, embeddings, queryDocuments, queries, answers);
    }

    private static Dataset checked(Path folder, Path documents, Path embeddings, Path queryDocuments,
            Path queries, String answers) throws IOException {
        try (NpyReader rows = NpyReader.open(embeddings);
                NpyReader asked = NpyReader.open(queries);
                NpyReader answered = NpyReader.open(folder.resolve(answers))) {
            if (rows.columns() != asked.columns()) {
                throw new DatasetException(
                        queries + " has dimension " + asked.columns() + ", " + embeddings + " has "
                                + rows.columns());
            }
            if (asked.rows() != answered.rows()) {
                throw new DatasetException(
                        answered.file() + " answers " + answered.rows() + " queries, " + queries
                                + " has " + asked.rows());
            }
            String name = documents.getFileName().toString().replaceFirst("\\.jsonl(\\.gz)?$", "");
            return new Dataset(name, rows.rows(), rows.columns(), space(folder, answers), documents,
                    embeddings,
                    queryDocuments, queries, answered.file());
        }
    }

    private static boolean holdsDocuments(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> isText(file.getFileName().toString()));
        }
    }

    private static String one(Path folder, List<String> names, String what, Predicate<String> is)
            throws DatasetException {
        List<String> found = names.stream().filter(is).toList();
        if (found.size() != 1) {
            throw new DatasetException(folder + " must hold one file of " + what + " and holds "
                    + (found.isEmpty() ? "none" : String.join(", ", found)));
        }
        return found.get(0);
    }

    private static Space space(Path folder, String answers) throws DatasetException {
        for (Space space : Space.values()) {
            if (answers.contains("-" + space.wireName() + "-")) {
                return space;
            }
        }
        throw new DatasetException(folder.resolve(answers) + ": the name must say cosine, l2 or ip");
    }

    private static boolean isText(String name) {
        return name.endsWith(".jsonl.gz") || name.endsWith(".jsonl");
    }

    private static boolean isFloats(String name) {
        return name.endsWith(".f16.npy") || name.endsWith(".f32.npy");
    }

    private static boolean isQuery(String name) {
        return name.contains("-queries-");
    }
}
