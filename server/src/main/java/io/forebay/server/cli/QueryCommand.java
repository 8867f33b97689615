package io.forebay.server.cli;

import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.client.dataset.NpyReader;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.QueryRequest;
import io.forebay.model.StoredRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay query}: the records nearest to a vector. */
@Command(name = "query", sortOptions = false, description = "Shows the records nearest to a vector.",
        footer = {"",
                "Each line with --json: {\"rank\", \"distance\", \"id\", \"embedding\", \"document\", \"metadata\", \"uri\"},"
                        + " without what was not asked for or is not there."})
final class QueryCommand extends ReadCommand {
    @Option(names = "--vector", paramLabel = "X,Y", description = "Its components: 0.1,-0.5,2")
    private @Nullable String vector;

    @Option(names = "--vector-file", paramLabel = "FILE",
            description = "The components in a file: numbers with commas or spaces, brackets or not; or the first row of"
                    + " a .npy")
    private @Nullable Path vectorFile;

    @Option(names = "--id", paramLabel = "ID", description = "The vector of this record of the collection")
    private @Nullable String id;

    @Option(names = {"-k", "--results"}, paramLabel = "N", defaultValue = "10",
            description = "How many. Default: ${DEFAULT-VALUE}")
    private int results;

    @Option(names = "--ef", paramLabel = "N", defaultValue = "0",
            description = "Width of the graph search. Default: the collection's")
    private int ef;

    @Override
    void run(ForebayClient client, PrintWriter out) throws IOException {
        int given = (vector == null ? 0 : 1) + (vectorFile == null ? 0 : 1) + (id == null ? 0 : 1);
        if (given != 1) {
            throw usage("needs one of --vector, --vector-file and --id");
        }
        if (results < 1) {
            throw usage("-k is " + results + ", must be at least 1");
        }
        CollectionClient target = client.collection(collection);
        Set<Include> include = included(true);
        List<Hit> hits = target
                .query(new QueryRequest(List.of(wanted(target)), results, null, null, include, ef),
                        filter(), options())
                .get(0);
        if (json) {
            for (int i = 0; i < hits.size(); i++) {
                out.println(line(i + 1, hits.get(i)));
            }
            return;
        }
        List<TextTable.Column> columns = new ArrayList<>(
                List.of(TextTable.Column.number("rank"), TextTable.Column.number("distance")));
        columns.addAll(RecordOutput.columns(include));
        TextTable table = new TextTable(columns);
        for (int i = 0; i < hits.size(); i++) {
            List<String> cells = new ArrayList<>(
                    List.of("" + (i + 1), String.format(Locale.ROOT, "%.6g", hits.get(i).distance())));
            cells.addAll(RecordOutput.cells(hits.get(i).record(), include));
            table.row(cells);
        }
        out.print(hits.isEmpty() ? "no records\n" : table.format(Terminal.width()));
    }

    private static String line(int rank, Hit hit) {
        return WalLines.json(json -> {
            json.writeNumberField("rank", rank);
            json.writeNumberField("distance", hit.distance());
            RecordOutput.fields(hit.record(), json);
        });
    }

    private float[] wanted(CollectionClient target) throws IOException {
        if (vector != null) {
            return numbers(vector, "--vector");
        }
        if (id != null) {
            List<StoredRecord> found = target
                    .get(new GetRequest(List.of(id), null, null, 0, EnumSet.of(Include.EMBEDDINGS)));
            float[] embedding = found.isEmpty() ? null : found.get(0).embedding();
            if (embedding == null) {
                throw new CommandException("there is no record '" + id + "' in " + collection);
            }
            return embedding;
        }
        return fromFile(java.util.Objects.requireNonNull(vectorFile));
    }

    private static float[] fromFile(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CommandException(file + ": no such file");
        }
        if (!file.getFileName().toString().endsWith(".npy")) {
            return numbers(Files.readString(file), file.toString());
        }
        try (NpyReader rows = NpyReader.open(file)) {
            float[] row = new float[rows.columns()];
            if (!rows.next(row)) {
                throw new CommandException(file + " has no rows");
            }
            return row;
        }
    }

    private static float[] numbers(String text, String where) {
        String[] parts = text.replaceAll("[\\[\\]]", " ").strip().split("[\\s,]+");
        float[] numbers = new float[parts.length];
        for (int i = 0; i < parts.length; i++) {
            try {
                numbers[i] = Float.parseFloat(parts[i]);
            } catch (NumberFormatException e) {
                throw new CommandException(
                        where + ": component " + i + " is '" + parts[i] + "', not a number");
            }
        }
        return numbers;
    }
}
