package io.forebay.server.cli;

import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.ForebayException;
import io.forebay.model.StoredRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code forebay export}: all records of a collection, of one position, into files that {@code forebay load} takes. */
@Command(name = "export", sortOptions = false, description = {
        "Writes all records of a collection as they were at one moment, whoever writes meanwhile: lines of JSON, or a"
                + " NumPy array and lines of JSON for ids, documents, metadata and uris.",
        "For that it forks the collection (COLLECTION-export-TIME), and drops the fork at the end; one that is left"
                + " after a crash can be deleted. The token needs the role write.",
        ""},
        footer = {"",
                "Exit codes: 0 all is written; 1 it failed, and no file is left; 2 wrong command line."})
final class ExportCommand implements Callable<Integer> {
    private static final long SHOW_NANOS = 500_000_000L;
    private static final int PAGE_MAX = 100_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "COLLECTION", description = "Its name.")
    @SuppressWarnings("NullAway.Init")
    private String collection;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE",
            description = "As its name ends: .jsonl, .jsonl.gz or .npy. Default: JSON on standard output")
    private @Nullable Path output;

    @Option(names = "--side", paramLabel = "FILE",
            description = "Beside a .npy: where the lines of JSON go. Default: the same name with .jsonl")
    private @Nullable Path side;

    @Option(names = "--page", paramLabel = "N", defaultValue = "1000",
            description = "Records that are asked for at a time; two pages are in memory. Default: ${DEFAULT-VALUE}")
    private int page;

    @Option(names = "--no-fork",
            description = "Reads the collection itself, for which the role read is enough, and fails if somebody writes to"
                    + " it meanwhile")
    private boolean noFork;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final ServerOptions.Place place = new ServerOptions.Place();

    private long lastShown = System.nanoTime();
    private volatile @Nullable ExportWriter writing;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (page < 1 || page > PAGE_MAX) {
            throw usage("--page is " + page + ", must be 1 to " + PAGE_MAX);
        }
        String name = output == null ? ".jsonl" : output.getFileName().toString().toLowerCase(Locale.ROOT);
        boolean npy = name.endsWith(".npy");
        if (!npy && !name.replaceFirst("\\.gz$", "").endsWith(".jsonl")) {
            throw usage("-o is " + output + ", must end in .jsonl, .jsonl.gz or .npy");
        }
        if (side != null && !npy) {
            throw usage("--side is for .npy");
        }
        try (ForebayClient client = server.client(place).build()) {
            export(client, client.collection(collection), npy);
        } catch (ForebayException e) {
            throw server.explained(e);
        }
        return 0;
    }

    private void export(ForebayClient client, CollectionClient source, boolean npy)
            throws IOException, InterruptedException {
        ExportSnapshot snapshot = noFork
                ? ExportSnapshot.live(client, source, page)
                : ExportSnapshot.fork(client, source, page);
        // Ctrl-C drops the fork too, and what was written.
        LoadInterrupt interrupt = LoadInterrupt.watch(() -> {
            snapshot.close();
            ExportWriter open = writing;
            if (open != null) {
                open.discard();
            }
        });
        try (snapshot; ExportWriter writer = writer(npy, snapshot.dimension())) {
            writing = writer;
            long written = copy(snapshot, writer);
            writer.finish();
            if (output != null) {
                PrintWriter err = spec.commandLine().getErr();
                err.println(String.format(Locale.ROOT,
                        "%s%,d records to %s%s. To load them: forebay load %s%s -c NAME"
                                + " --space %s",
                        shows() ? "\r\033[K" : "", written, output,
                        npy ? " and " + sideFile(output) : "", output,
                        npy ? " --side " + sideFile(output) : "",
                        source.description().space().wireName()));
                err.flush();
            }
        } catch (IOException | RuntimeException failure) {
            interrupt.awaitIfStopped();
            throw failure;
        } finally {
            interrupt.forget();
        }
    }

    private ExportWriter writer(boolean npy, int dimension) throws IOException {
        Path file = output;
        if (file == null) {
            return ExportWriter.toStream(new PrintStreamOfCommand(spec.commandLine().getOut()));
        }
        return npy
                ? ExportWriter.npy(file, sideFile(file), Math.max(1, dimension))
                : ExportWriter.jsonl(file);
    }

    private Path sideFile(Path file) {
        return side != null
                ? side
                : file.resolveSibling(
                        file.getFileName().toString().replaceFirst("\\.[nN][pP][yY]$", "") + ".jsonl");
    }

    /** One page is on its way while the one before it is written. */
    private long copy(ExportSnapshot snapshot, ExportWriter writer) throws IOException {
        int total = snapshot.count();
        long written = 0;
        CompletableFuture<List<StoredRecord>> next = snapshot.page(0);
        for (int offset = 0; offset < total; offset += page) {
            List<StoredRecord> records = ExportSnapshot.waited(next);
            next = offset + page < total
                    ? snapshot.page(offset + page)
                    : CompletableFuture.completedFuture(List.of());
            for (StoredRecord record : records) {
                writer.write(record);
            }
            written += records.size();
            show(written, total);
        }
        if (written != total) {
            throw new CommandException("read " + written + " records of " + total);
        }
        return written;
    }

    private boolean shows() {
        return output != null && Terminal.isInteractive();
    }

    private void show(long written, long total) {
        long now = System.nanoTime();
        if (shows() && now - lastShown > SHOW_NANOS) {
            lastShown = now;
            PrintWriter err = spec.commandLine().getErr();
            err.print(String.format(Locale.ROOT, "\r\033[K  %,d of %,d  %.0f %%", written, total,
                    100.0 * written / Math.max(1, total)));
            err.flush();
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
