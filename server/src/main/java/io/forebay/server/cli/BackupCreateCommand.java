package io.forebay.server.cli;

import io.forebay.engine.backup.BackupState;
import io.forebay.engine.backup.Creation;
import io.forebay.engine.backup.Manifest;
import io.forebay.engine.backup.Repository;
import io.forebay.engine.backup.StoppedStore;
import io.forebay.server.http.json.BackupEncoder;
import io.forebay.server.http.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code forebay backup create}. */
@Command(name = "create", description = {"Has a server make a backup, or makes one of a stopped store.",
        "A server goes on working, and keeps it where its configuration says (backup.directory)."})
final class BackupCreateCommand extends BackupTool {
    private static final long POLL_MILLIS = 200;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--path", paramLabel = "DIR", description = "A stopped store to make a backup of.")
    private @Nullable Path path;

    @Option(names = "--to", paramLabel = "DIR",
            description = "Where to keep backups of a stopped store. Default: backups in its directory.")
    private @Nullable Path to;

    @Option(names = "--copy", description = "Of a stopped store: share no files with it, also on one disk.")
    private boolean copy;

    @Option(names = "--no-wait", description = "Does not wait until a server has made it.")
    private boolean noWait;

    @Option(names = "--json", description = "Prints the backup as JSON.")
    private boolean json;

    @Override
    int run(PrintWriter out) throws IOException, InterruptedException {
        if (path != null) {
            return ofStopped(path, out);
        }
        if (to != null || copy) {
            throw new CommandException("--to and --copy are for a stopped store, named with --path");
        }
        try (JobCalls calls = new JobCalls(server.address(System.getenv()), server.token(),
                server.tls())) {
            JobView state = JobView.of(calls.postJson(ALL));
            BackupProgress progress = new BackupProgress(out, "backup " + state.text("id"), !json);
            while (!noWait && "running".equals(state.text("state"))) {
                CliThreads.pause(POLL_MILLIS);
                state = JobView.of(calls.getJson(ALL + "/" + state.text("id")));
                progress.show(state.count("bytes"));
            }
            progress.end();
            print(state, out);
            return "failed".equals(state.text("state")) ? failed(state.text("error")) : 0;
        }
    }

    private int ofStopped(Path store, PrintWriter out) throws IOException {
        Repository repository = new Repository(to == null ? store.resolve("backups") : to);
        Manifest made = new Creation(repository, new StoppedStore(store), !copy).run();
        BackupState state = states(repository).stream().filter(one -> one.id().equals(made.id())).findFirst()
                .orElseThrow();
        print(JobView.of(Json.text(written -> BackupEncoder.write(written, state))), out);
        return 0;
    }

    private void print(JobView state, PrintWriter out) {
        if (json) {
            out.println(state.json());
        } else if ("done".equals(state.text("state"))) {
            out.printf(Locale.ROOT, "backup %s: %,d bytes in %,d files, %,d bytes of them new, in %.1f s%n",
                    state.text("id"), state.count("bytes"), state.count("files"), state.count("bytes_new"),
                    state.number("seconds"));
            out.printf(Locale.ROOT, "can be restored as of seqId %d to %d%n", state.count("from_seq_id"),
                    state.count("to_seq_id"));
        } else {
            out.println("backup " + state.text("id") + ": " + state.text("state"));
        }
    }
}
