package io.forebay.server.cli;

import io.forebay.engine.backup.Repository;
import io.forebay.engine.backup.Verifying;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code forebay backup verify}. */
@Command(name = "verify", description = {"Reads every file of a backup and compares it with its checksum.",
        "Exit code 1 when something is damaged or missing, which is named."})
final class BackupVerifyCommand extends BackupTool {
    private static final long POLL_MILLIS = 200;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(arity = "0..1", paramLabel = "ID", defaultValue = "latest",
            description = "Of the backup. Default: the newest one.")
    @SuppressWarnings("NullAway.Init")
    private String id;

    @Option(names = "--from", paramLabel = "DIR", description = "A directory of backups, instead of a server.")
    private @Nullable Path from;

    @Override
    int run(PrintWriter out) throws IOException, InterruptedException {
        return from == null ? byServer(out) : here(new Repository(from), out);
    }

    private int here(Repository repository, PrintWriter out) {
        String named = id(repository, id);
        BackupProgress progress = new BackupProgress(out, "verify " + named, true);
        List<String> problems = Verifying.run(repository, named, progress);
        progress.end();
        problems.forEach(out::println);
        return told(named, problems.size(), progress.bytes(), out);
    }

    private int byServer(PrintWriter out) throws IOException, InterruptedException {
        try (JobCalls calls = new JobCalls(server.address(System.getenv()), server.token(),
                server.tls())) {
            String named = id.equals("latest") ? latest(calls) : id;
            String path = ALL + "/" + JobCalls.encoded(named);
            JobView state = JobView.of(calls.postJson(path + "/verify"));
            BackupProgress progress = new BackupProgress(out, "verify " + named, true);
            while ("running".equals(state.text("verification.state"))) {
                CliThreads.pause(POLL_MILLIS);
                state = JobView.of(calls.getJson(path));
                progress.show(state.count("verification.bytes"));
            }
            progress.end();
            List<String> problems = JobView.texts(state.json(), "verification", "problems");
            problems.forEach(out::println);
            return told(named, problems.size(), state.count("verification.bytes"), out);
        }
    }

    private static String latest(JobCalls calls) throws IOException, InterruptedException {
        return JobView.array(calls.getJson(ALL), "backups").stream()
                .filter(one -> "done".equals(one.text("state"))).map(one -> one.text("id", ""))
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new CommandException("the server has no backup"));
    }

    private static int told(String id, int problems, long bytes, PrintWriter out) {
        out.printf(Locale.ROOT, "backup %s: %,d bytes read, %s%n", id, bytes,
                problems == 0 ? "all of it is sound" : problems + " files are damaged or missing");
        return problems == 0 ? 0 : EXIT_FAILED;
    }
}
