package io.forebay.server.cli;

import io.forebay.client.CollectionLag;
import io.forebay.client.ForebayClient;
import io.forebay.model.ForebayException;
import io.forebay.model.Rate;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code forebay lag}: where every collection of a running server stands. */
@Command(name = "lag", description = {
        "Shows how far indexing is behind the log, for every collection of a server.",
        "acked: the client has its answer. applied: every read sees it. linked: it is in the vector index.",
        "applied/s, linked/s: records a second, while there was something to do. linked in: when all of it will be, at"
                + " this rate."})
final class LagCommand implements Callable<Integer> {
    private static final long WATCH_MILLIS = 1_000;
    private static final String CLEAR_SCREEN = "\033[H\033[2J";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--watch", description = "Again every second, until Ctrl-C.")
    private boolean watch;

    @Option(names = "--json", description = "The server's own JSON, one line each time, for scripts.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (ForebayClient client = server.client().build()) {
            show(client, out);
            while (watch) {
                CliThreads.pause(WATCH_MILLIS);
                show(client, out);
            }
        } catch (ForebayException e) {
            throw server.explained(e);
        }
        return 0;
    }

    private void show(ForebayClient client, PrintWriter out) {
        if (json) {
            out.println(client.lagJson());
        } else {
            String table = table(client.lag());
            out.print((watch && Terminal.isInteractive() ? CLEAR_SCREEN : "") + table);
        }
        out.flush();
    }

    static String table(List<CollectionLag> all) {
        if (all.isEmpty()) {
            return "no collections\n";
        }
        String row = "%-24s %11s %11s %11s %11s %18s %9s %18s %9s %11s%n";
        StringBuilder out = new StringBuilder(String.format(Locale.ROOT, row, "collection", "records",
                "acked",
                "applied", "linked", "ingest lag", "applied/s", "index lag", "linked/s", "linked in"));
        for (CollectionLag one : all) {
            out.append(String.format(Locale.ROOT, row, Terminal.cut(one.name(), 24),
                    String.format(Locale.ROOT, "%,d", one.records()), one.ackedSeqId(), one.appliedSeqId(),
                    one.linkedSeqId(),
                    lag(one.ingestLag().records(), one.ingestLag().seconds()), rate(one.applyRate()),
                    lag(one.indexLag().records(), one.indexLag().seconds()), rate(one.linkRate()),
                    until(one.secondsUntilLinked())));
        }
        return out.toString();
    }

    private static String rate(Rate rate) {
        return rate.recordsPerSecond() == 0
                ? "-"
                : String.format(Locale.ROOT, "%,d", Math.round(rate.recordsPerSecond()));
    }

    /** Nothing to wait for is a dash; what is not known a question mark. */
    private static String until(@Nullable Double seconds) {
        if (seconds == null) {
            return "?";
        }
        return seconds == 0
                ? "-"
                : seconds < 100
                        ? String.format(Locale.ROOT, "%.1f s", seconds)
                        : String.format(Locale.ROOT, "%,d min", Math.round(seconds / 60));
    }

    private static String lag(long records, double seconds) {
        return records == 0 ? "-" : String.format(Locale.ROOT, "%,d (%.1f s)", records, seconds);
    }
}
