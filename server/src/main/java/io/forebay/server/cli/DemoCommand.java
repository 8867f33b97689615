package io.forebay.server.cli;

import io.forebay.client.CollectionClient;
import io.forebay.client.CollectionLag;
import io.forebay.client.ForebayClient;
import io.forebay.client.dataset.Dataset;
import io.forebay.client.dataset.Datasets;
import io.forebay.model.CollectionConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code forebay demo}: the main job in one command. A server of its own as a child process, real records
 * in from many clients at once, progress of the three positions, then real queries against exact answers.
 */
@Command(name = "demo", description = {
        "Starts a server in a temporary directory, loads real records from many clients",
        "at once, shows them become searchable, and measures queries against exact answers."})
final class DemoCommand implements Callable<Integer> {
    private static final String COLLECTION = "demo";
    private static final long REDRAW_MILLIS = 150;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--keep", description = "Leaves the server running afterwards, until Ctrl-C.")
    private boolean keep;

    @Option(names = "--clients", paramLabel = "N", defaultValue = "20",
            description = "Concurrent clients. Default: ${DEFAULT-VALUE}")
    private int clients;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "1000",
            description = "Records of one batch. Default: ${DEFAULT-VALUE}")
    private int batchRecords;

    @Option(names = "--records", paramLabel = "N", description = "Only the first N records. Default: all")
    private @Nullable Integer recordsMax;

    @Option(names = "--data", paramLabel = "DIR",
            description = "A dataset. Default: ../shared/data if it is there, else the shipped sample")
    private @Nullable Path data;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check(clients, "--clients", 1, 1_000);
        check(batchRecords, "--batch", 1, 100_000);
        check(recordsMax == null ? DemoData.NEIGHBOURS : recordsMax, "--records", DemoData.NEIGHBOURS,
                Integer.MAX_VALUE);
        PrintWriter out = spec.commandLine().getOut();
        DemoData loaded = new DemoData(dataset(), batchRecords, recordsMax);
        Dataset dataset = loaded.dataset();
        out.printf(Locale.ROOT, "%,d real records of %d dimensions (%s), %d clients, batches of %,d%n",
                loaded.records(),
                dataset.dimension(), dataset.documents(), clients, batchRecords);
        out.flush();
        try (DemoServer server = DemoServer.start()) {
            AtomicBoolean stopping = new AtomicBoolean();
            Thread hook = CliThreads.atExit("demo-stop", () -> {
                stopping.set(true);
                server.close();
            });
            try {
                show(server, loaded, out);
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (RuntimeException | IOException | InterruptedException failure) {
                // Stopped by the user: the server went first, and what fails without it is no news.
                if (!stopping.get()) {
                    throw failure;
                }
            }
        }
        return 0;
    }

    private void show(DemoServer server, DemoData loaded, PrintWriter out)
            throws IOException, InterruptedException {
        out.println(server.startLine() + "\n");
        try (ForebayClient client = ForebayClient.connect(server.url())) {
            run(server, client, loaded, out);
        }
        if (keep && server.isAlive()) {
            out.println("The server keeps running at " + server.url()
                    + "; Ctrl-C stops it and removes its data.");
            out.flush();
            server.waitFor();
        }
    }

    private Dataset dataset() throws IOException {
        if (data != null) {
            return Datasets.open(data);
        }
        Path root = Launch.root();
        return Datasets.find(root == null ? Path.of("") : root);
    }

    private void run(DemoServer server, ForebayClient client, DemoData loaded, PrintWriter out)
            throws IOException, InterruptedException {
        DemoWarmUp.run(client, loaded.dataset());
        CollectionClient collection = client.createCollection(COLLECTION,
                CollectionConfig.of(loaded.dataset().space()).withBatchIngest(true));
        DemoLoad load = DemoLoad.start(server.url(), collection, clients, loaded.batches());
        watch(server, client, load, loaded.records(), out);
        long acked = joined(load.acked());
        long applied = joined(load.applied());
        long linked = joined(load.linked());
        report(load, loaded.records(), acked, applied, linked, out);
        DemoQueries answers = DemoQueries.run(collection, loaded);
        Histogram micros = answers.micros();
        out.printf(Locale.ROOT, "  recall@%d      %.4f over %,d queries, against exact answers%n",
                DemoData.NEIGHBOURS,
                answers.recall(), answers.queries());
        out.printf(Locale.ROOT, "  query         p50 %.2f ms   p99 %.2f ms   (one client)%n%n",
                millis(micros, 50),
                millis(micros, 99));
        out.println(keep ? DemoHints.going(server.url(), collection) : DemoHints.starting());
        out.flush();
    }

    /** Draws until everything is linked or something failed. */
    private void watch(DemoServer server, ForebayClient client, DemoLoad load, int total, PrintWriter out)
            throws InterruptedException {
        ProgressBlock block = new ProgressBlock(out, Terminal.isInteractive(), total, load.startNanos());
        while (!load.linked().isDone()) {
            if (!server.isAlive()) {
                throw new CommandException("the demo's server ended; its log said last:\n" + server.tail());
            }
            CollectionLag lag = lag(client);
            block.draw(load.ackedRecords(), lag.appliedOperations(), lag.linkedOperations(),
                    System.nanoTime(), false);
            CliThreads.pause(REDRAW_MILLIS);
        }
        if (!load.linked().isCompletedExceptionally()) {
            block.draw(total, total, total, System.nanoTime(), true);
        }
    }

    private static CollectionLag lag(ForebayClient client) {
        return client.lag().stream().filter(one -> one.name().equals(COLLECTION)).findFirst()
                .orElseThrow(() -> new CommandException("the demo's collection is gone"));
    }

    private void report(DemoLoad load, int records, long acked, long applied, long linked, PrintWriter out) {
        double ackedSeconds = (acked - load.startNanos()) / 1e9;
        Histogram ack = load.ackMicros();
        out.printf(Locale.ROOT, "%n  acked         %,.0f records/s (%,d in %.2f s, after a warm-up of %,d)%n",
                records / ackedSeconds, records, ackedSeconds, DemoWarmUp.RECORDS);
        out.printf(Locale.ROOT, "  ack           p50 %.1f ms   p99 %.1f ms   for a batch of %,d%n",
                millis(ack, 50),
                millis(ack, 99), batchRecords);
        out.printf(Locale.ROOT, "  applied       all after %.2f s: every read sees them%n",
                (applied - load.startNanos()) / 1e9);
        out.printf(Locale.ROOT, "  linked        all after %.2f s: in the vector index%n",
                (linked - load.startNanos()) / 1e9);
        out.flush();
    }

    private static double millis(Histogram micros, double percentile) {
        return micros.getValueAtPercentile(percentile) / 1e3;
    }

    private static <T> T joined(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw new CommandException("the load failed: "
                    + (e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
        }
    }

    private static void check(int value, String option, int min, int max) {
        if (value < min || value > max) {
            throw new CommandException(option + " is " + value + ", must be " + min + " to " + max);
        }
    }
}
