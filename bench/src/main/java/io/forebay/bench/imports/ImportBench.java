package io.forebay.bench.imports;

import io.forebay.bench.imports.ImportTask.SourceFile;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Table;
import io.forebay.client.dataset.Dataset;
import io.forebay.etl.embed.EmbeddingConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Runs each part, its sides in turns, each task in a new store and a process of its own. */
public final class ImportBench {
    static final int COLLECTIONS = 4;
    private static final List<String> TEXT = List.of("title", "section", "text");

    private final ImportSettings settings;
    private final Dataset dataset;
    private final Workspace workspace;
    private final Consumer<String> say;
    private final ImportFigures figures;

    /** What a side is asked for, made when its directory is known. */
    private interface Asked {
        ImportTask in(Path directory) throws IOException;
    }

    public ImportBench(ImportSettings settings, Dataset dataset, Workspace workspace, Consumer<String> say) {
        this.settings = settings;
        this.dataset = dataset;
        this.workspace = workspace;
        this.say = say;
        this.figures = new ImportFigures(settings);
    }

    public void measure(BenchResult result) throws Exception {
        result.parameter("settings", settings);
        for (int round = 1; round <= settings.rounds(); round++) {
            for (ImportPart part : settings.parts()) {
                switch (part) {
                    case PEPS -> peps(result);
                    case SIZE -> size(result);
                    case PARALLEL -> parallel(result);
                    case AGAIN -> again(result);
                }
            }
        }
        figures.addTo(result);
    }

    private void peps(BenchResult result) throws Exception {
        run(result, "peps_local", directory -> {
            Path file = directory.resolve("documents.jsonl");
            DatasetFiles.documents(dataset, 0, settings.records(), file);
            return ImportTask.of(directory.toString(), List.of(of(file, "peps", EmbeddingConnection.LOCAL)));
        });
        run(result, "peps_vectors", directory -> {
            Path file = directory.resolve("vectors.jsonl");
            DatasetFiles.withVectors(dataset, settings.records(), file);
            return ImportTask.of(directory.toString(), List.of(of(file, "peps", EmbeddingConnection.NONE)));
        });
    }

    private static SourceFile of(Path file, String collection, String connection) {
        return new SourceFile(file.toString(), 0, 0, collection, connection, TEXT);
    }

    private void size(BenchResult result) throws Exception {
        for (int sizeMb : settings.sizesMb()) {
            run(result, ImportFigures.sizeName(sizeMb), settings.heapMb(),
                    directory -> made(directory, sizeMb, false));
            if (sizeMb <= settings.noStreamMbMax()) {
                // All lines in memory, and what the rest needs.
                run(result, ImportFigures.noStreamName(sizeMb), settings.heapMb() + sizeMb * 2,
                        directory -> made(directory, sizeMb, true));
            }
        }
    }

    private ImportTask made(Path directory, int sizeMb, boolean noStream) {
        SourceFile file = new SourceFile("", (long) sizeMb << 20, settings.documentBytes(), "made",
                EmbeddingConnection.NONE, List.of("text"));
        return new ImportTask(directory.toString(), List.of(file), false, noStream, "", 0, 0);
    }

    /** Every collection gets documents of its own: what was embedded for another would come from the cache. */
    private void parallel(BenchResult result) throws Exception {
        run(result, "cpu_one_by_one_1_worker", directory -> four(directory, "", false, 1));
        run(result, "cpu_one_by_one", directory -> four(directory, "", false, 0));
        run(result, "cpu_at_once", directory -> four(directory, "", true, 0));
        try (SlowService service = new SlowService(settings.callMillis())) {
            run(result, "latency_one_by_one", directory -> four(directory, service.address(), false, 0));
            run(result, "latency_at_once", directory -> four(directory, service.address(), true, 0));
        }
    }

    private ImportTask four(Path directory, String service, boolean atOnce, int workers) throws IOException {
        String connection = service.isEmpty() ? EmbeddingConnection.LOCAL : ImportTask.SERVICE;
        List<SourceFile> files = new ArrayList<>();
        for (int i = 0; i < COLLECTIONS; i++) {
            Path file = directory.resolve("part-" + i + ".jsonl");
            long count = DatasetFiles.documents(dataset, (long) i * settings.sample(), settings.sample(),
                    file);
            if (count < settings.sample()) {
                throw new IOException("the dataset has fewer than " + COLLECTIONS + " x " + settings.sample()
                        + " documents");
            }
            files.add(of(file, "part-" + i, connection));
        }
        return new ImportTask(directory.toString(), files, atOnce, false, service, settings.textsPerCall(),
                workers);
    }

    private void again(BenchResult result) throws Exception {
        run(result, "again", directory -> {
            Path file = directory.resolve("documents.jsonl");
            DatasetFiles.documents(dataset, 0, settings.sample(), file);
            SourceFile one = of(file, "peps", EmbeddingConnection.LOCAL);
            return ImportTask.of(directory.toString(), IntStream.range(0, 2).mapToObj(i -> one).toList());
        });
    }

    private void run(BenchResult result, String name, Asked asked) throws Exception {
        run(result, name, 0, asked);
    }

    private void run(BenchResult result, String name, int heapMb, Asked asked) throws Exception {
        Path directory = workspace.newDirectory(name);
        try {
            ImportAnswer answer = ImportProcess.run(asked.in(directory), heapMb);
            figures.add(name, answer);
            Map<String, Object> run = new LinkedHashMap<>();
            run.put("name", name);
            run.put("heapMb", heapMb);
            run.put("answer", answer);
            result.run(run);
            say.accept(String.format(Locale.ROOT,
                    "%-24s %s documents  loaded %s s  searchable %s s  linked %s s  peak %d MB  others %.0f %%",
                    name, Table.number(answer.documents()), Table.number(answer.loadedSeconds()),
                    Table.number(answer.appliedSeconds()), Table.number(answer.linkedSeconds()),
                    answer.peakBytes() >> 20, answer.othersShare() * 100));
        } finally {
            Workspace.delete(directory);
        }
    }
}
